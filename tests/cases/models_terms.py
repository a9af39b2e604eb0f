"""Cases of windows, peaks, minimum and maximum, fees and proration, blocks."""
from fractions import Fraction as F
import datetime
import re

import answer
from job import MONTHS, START, Job, decimal
from mapping import Skip, block_tiers, package, tiers
from models_base import maps, reported, split


# ------------------------------------------------------------- windows, peaks, minimum and maximum


@maps("bucketed_graduated")
def bucketed_graduated(p, q, currency, model="graduated"):
    """Tiers restart in every window."""
    return reported(currency, q, per_window=True, **tiers(p["tiers"], model=model))


@maps("bucketed_volume")
def bucketed_volume(p, q, currency):
    return bucketed_graduated(p, q, currency, "volume")


@maps("bucketed_package")
def bucketed_package(p, q, currency):
    return reported(currency, q, per_window=True, **package(p["size"], p["amount"]))


@maps("capacity_peak_tier")
def capacity_peak_tier(p, q, currency):
    job = Job(currency)
    for name, peak in q.items():
        job.report(peak, name, aggregation="max")
        job.report(F(peak) / 2, name, hour=1, aggregation="max")
    rows = [{**({"up_to": {n: decimal(t[n]) for n in q}} if set(q) <= set(t) else {}), "flat": decimal(t["price"])}
            for t in p["tiers"]]
    job.peaks(q, rows)
    return [job], answer.net()


def limits(p):
    """A charge's minimum, maximum and percent off, as a case says them."""
    out = {name: decimal(p[f"{name}_amount"]) for name in ("minimum", "maximum") if f"{name}_amount" in p}
    if "percent_discount" in p:
        out["discounts"] = [{"percent": p["percent_discount"]}]
    return out


@maps("per_unit_maximum", "per_unit_minimum")
def limited(p, q, currency):
    """On a line in the middle of a period the minimum is not due yet."""
    jobs, read = reported(currency, q, price=p["unit"], **limits(p))
    return jobs, answer.without_minimum if p.get("line") == "mid" else read


@maps("volume_min_max")
def volume_limited(p, q, currency):
    return reported(currency, q, **tiers(p["tiers"], q, model="volume"), **limits(p))


@maps("package_minimum")
def package_limited(p, q, currency):
    return reported(currency, q, **package(p["size"], p["amount"]), **limits(p))


def more(p, q, currency, **terms):
    """The line after what was billed: a difference, and what was billed is checked too."""
    jobs, read = split(currency, p["quantity_before_line"], q, **terms, **limits(p))
    billed = F(p["previously_billed"])

    def after(outs):
        if F(outs[0]["net"]) - read(outs)[0] != billed:
            return F(outs[0]["net"]) - read(outs)[0], None
        return read(outs)
    return jobs, after


@maps("per_unit_split_line_maximum", "per_unit_split_line_discount_maximum")
def split_limited(p, q, currency):
    return more(p, q, currency, price=p["unit"])


@maps("dynamic_multiplier_maximum")
def multiplier_limited(p, q, currency):
    return more(p, q, currency, price=decimal(p["multiplier"]))


@maps("package_split_line_maximum")
def package_split_limited(p, q, currency):
    return more(p, q, currency, **package(p["size"], p["amount"]))


@maps("graduated_split_line_maximum")
def graduated_split_limited(p, q, currency):
    return more(p, q, currency, **tiers(p["tiers"]))


@maps("graduated_split_line_minimum")
def graduated_split_least(p, q, currency):
    """Nothing more was used: the last line is what is missing to the minimum, one before it is nothing."""
    jobs, read = reported(currency, F(p["quantity_before_line"]) + F(q), **tiers(p["tiers"]), **limits(p))
    if p["line"] == "mid":
        before = reported(currency, p["quantity_before_line"], **tiers(p["tiers"]))
        return jobs + before[0], lambda outs: (answer.without_minimum(outs)[0] - answer.net(1)(outs)[0], None)
    return jobs, answer.less_billed(p["previously_billed"], read)


@maps("percentage_min_max_per_event")
def percentage_per_event(p, q, currency):
    """An event's fee, which the catalog keeps within its limits: a fee of 10^-6 of the currency is 1."""
    job = Job(currency)
    micro = {name: int(F(p[name]) * 10 ** 6) for name in ("per_event_min", "per_event_max")}
    rate = F(p["rate"]) / 100 * 10 ** 6
    steps = [{"multiply": int(rate)}, {"add": int(F(p.get("fixed_per_event", 0)) * 10 ** 6)},
             {"minimum": micro["per_event_min"]}, {"maximum": micro["per_event_max"]}]
    for hour, amount in enumerate(p["events"]):
        job.measure(amount, [s for s in steps if s != {"add": 0}], hour=hour)
    job.charge("fees", per=10 ** 6, price="1")
    return [job], answer.net()


# ------------------------------------------------------------------------------- fees and proration


def month_of(days):
    """A month that has so many days, and its first hour."""
    if days not in MONTHS:
        raise Skip(f"a billing period of {days} days: it is a month")
    return MONTHS[days]


def fee(currency, price, days, of, tax="0", last=True, **terms):
    """A fee for the last (or first) so many days of a month that has `of`."""
    job = Job(currency, tax=tax)
    job.period, first = month_of(of)
    job.begins(first + (of - days) * 24 if last else first)
    if not last:
        job.ends(first + days * 24)
    job.fee(price, **terms)
    return job


def held(currency, price, days, of):
    """A price for so many days, by the time that it was held: jobs of a month each."""
    jobs, at = [], 0
    while at < days:
        date = (START + datetime.timedelta(days=at)).date()
        length = min(days - at, (datetime.date(date.year + date.month // 12, date.month % 12 + 1, 1) - date).days)
        jobs.append(Job(currency))
        jobs[-1].period = date.strftime("%Y-%m")
        jobs[-1].hold(1, at * 24, (at + length) * 24)
        jobs[-1].charge("held", per=of * 24, price=price)
        at += length
    return jobs


@maps("recurring_prorated")
def recurring(p, q, currency):
    if "yearly" in p:
        return held(currency, p["yearly"], p["days"], p["of"]), answer.whole_term
    return [fee(currency, p["monthly"], p["days"], p["of"])], answer.net()


@maps("recurring_prorated_plus_tax")
def recurring_taxed(p, q, currency):
    return [fee(currency, p["monthly"], p["days"], p["of"], p["tax_pct"])], answer.total


@maps("credit_note_prorated_plus_tax")
def credit_note(p, q, currency):
    """What is paid for a whole period less what is due when it ends early."""
    used = p["of"] - p["days"]
    jobs = [fee(currency, p["paid"], days, p["of"], p["tax_pct"], last=False) for days in (used, p["of"])]
    return jobs, answer.change(answer.document("total"), 0, 1)


@maps("one_time")
def one_time(p, q, currency):
    return [fee(currency, p["amount"], 10, 31, once=True)], answer.net()


@maps("plan_change_proration")
def plan_change(p, q, currency):
    """Fees that another plan version replaces in a month of 30 days: what this changes."""
    amounts = [F(line) for line in p["lines_full_period"]]
    old, new = [-a for a in amounts if a < 0], [a for a in amounts if a > 0]
    unused = F(p["remaining_factor"]) * 30
    jobs = []
    for changed in (False, True):
        jobs.append(Job(currency))
        jobs[-1].period, first = month_of(30)
        for n, price in enumerate(old):
            jobs[-1].fee(price, f"old{n}")
        if changed and unused:
            jobs[-1].version(first + int(30 - unused) * 24)
            for n, price in enumerate(new):
                jobs[-1].fee(price, f"new{n}")
    p["period"]
    return jobs, answer.change(answer.net, 0, 1)


@maps("minimum_true_up_prorated")
def minimum_prorated(p, q, currency):
    job = Job(currency)
    job.period, first = month_of(p["of"])
    begin = first + (p["of"] - p["days"]) * 24
    job.begins(begin)
    job.report(p["already_charged"], hour=begin)
    job.charge(price="1", minimum=p["minimum"])
    return [job], answer.less_billed(p["already_charged"], answer.net())


@maps("block_all_tiers")
def block_all_tiers(p, q, currency):
    return blocks(currency, {"units": (p["tiers"], q)}, "graduated")


@maps("block_top_tier")
def block_top_tier(p, q, currency):
    return blocks(currency, {"units": (p["tiers"], q)}, "volume")


@maps("block_multi_unit")
def block_multi_unit(p, q, currency):
    return blocks(currency, {name: ([u], q[name]) for name, u in p["units"].items()}, "graduated")


@maps("block_multi_unit_all_tiers")
def block_multi_unit_all_tiers(p, q, currency):
    return blocks(currency, {name: (block_text(p[name]), q[name]) for name in q}, "graduated")


@maps("block_multi_unit_top_tier")
def block_multi_unit_top_tier(p, q, currency):
    return blocks(currency, {name: (block_text(p[name]), q[name]) for name in q}, "volume")


def block_text(text):
    """'[<=20 @2][next 50 @10][rest @20]', 'block 10: first 100 blocks @1, then 0.5'."""
    block = re.match(r"block (\d+): first (\d+)(?: blocks)? @([\d.]+), then ([\d.]+)$", text)
    if block:
        return [{"block_size": int(block[1]), "max_blocks": int(block[2]), "price": block[3]},
                {"block_size": int(block[1]), "price": block[4]}]
    rows = [{"block_size": 1, **({"max_blocks": int(m[1])} if m[1] else {}), "price": m[2]}
            for m in re.finditer(r"\[(?:(?:<=|next )(\d+) |rest )?@([\d.]+)\]", text)]
    if not rows:
        raise Skip(f"tiers that are told in words: {text}")
    return rows


def blocks(currency, units, model):
    job = Job(currency)
    for name, (rows, quantity) in units.items():
        meter = re.sub("[^a-z]", "_", name.lower())
        job.report(quantity, meter)
        job.charge(meter, **block_tiers(rows, quantity, model))
    return [job], answer.net()
