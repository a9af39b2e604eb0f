"""Cases of the form of models.json, by their `model`: onto jobs, and where to read what is expected."""
from fractions import Fraction as F
import datetime
import re

import answer
from job import MONTHS, START, Job, decimal
from mapping import Skip, block_tiers, package, tiers
import models_money

MAP = {}
# What a model needs that is not built, or why it never will be.
NEEDS = {
    "amount_commitment_window": "needs commitments per window without true-up",
    "percentage_free_events": "refused: depends on the order of events",
    "percentage_free_total": "refused: depends on the order of events",
    "percentage_min_max_free_both": "refused: depends on the order of events",
    "percentage_min_max_free_events": "refused: depends on the order of events",
    "percentage_min_max_free_total": "refused: depends on the order of events",
    "volume_prorated": "refused: a tier that another quantity than the billed one chooses",
}

def maps(*names):
    def keep(function):
        MAP.update(dict.fromkeys(names, function))
        return function
    return keep


def reported(currency, quantities, **terms):
    """One charge over one quantity for each hour."""
    job = Job(currency)
    for hour, quantity in enumerate(quantities if isinstance(quantities, list) else [quantities]):
        job.report(quantity, hour=hour)
    job.charge(**terms)
    return [job], answer.net()


def hours(text):
    m = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?", str(text))
    return F(int(m[1] or 0)) + F(int(m[2] or 0), 60) if m and m[0] else F(text)


@maps("per_unit", "bucketed_per_unit")
def per_unit(p, q, currency):
    aggregation = "max" if "max" in p.get("bucket", "") else "sum"
    job = Job(currency)
    for hour, units in enumerate(q if isinstance(q, list) else [q]):
        job.report(units, hour=hour, aggregation=aggregation)
    job.charge(price=decimal(p["unit"]))
    return [job], answer.net()


@maps("dynamic_multiplier")
def multiplier(p, q, currency):
    return reported(currency, q, price=decimal(p["multiplier"]))


@maps("gpu_hours")
def gpu_hours(p, q, currency):
    job = Job(currency)
    job.run(1, 0, hours(q))
    job.charge("gpu_time", price=decimal(p["unit"]))
    return [job], answer.net()


@maps("gpu_hours_rounded_up")
def gpu_hours_rounded_up(p, q, currency):
    job = Job(currency)
    job.round_up(int(q.removesuffix(" min")) * 60, p["round_up_seconds"], "seconds")
    job.charge("seconds", per=3600, price=decimal(p["unit"]))
    return [job], answer.net()


@maps("graduated")
def graduated(p, q, currency):
    return reported(currency, q, **tiers(p["tiers"], q))


@maps("volume_half_open")
def half_open(p, q, currency):
    """Where a tier begins makes no difference to graduated; a volume there would be another price."""
    if p["mode"] != "graduated":
        raise Skip("refused: tiers that are closed below")
    rows = p["tiers_half_open"]
    borders = [row["from"] for row in rows[1:]] + [None]
    return reported(currency, q, **tiers([{"up_to": b, "unit": row["unit"]} for row, b in zip(rows, borders)]))


@maps("volume", "volume_boundary")
def volume(p, q, currency):
    """Where only the last tier is known, it is the only one."""
    rows = p["tiers"] if "tiers" in p else [p["last_tier"]]
    return reported(currency, q, **tiers(rows, q, model="volume"))


@maps("late_usage_volume")
def late_volume(p, q, currency):
    before = F(p["billed_in_period"])
    return split(currency, before, F(q) - before, **tiers(p["tiers"], q, model="volume"))


@maps("package", "package_count")
def packages(p, q, currency):
    terms = {name: str(p[name]) for name in ("free", "round") if name in p}
    return reported(currency, q, **package(p["size"], p.get("amount", "1"), **terms))


@maps("package_split_line")
def package_split(p, q, currency):
    return split(currency, p["quantity_before_line"], q, **package(p["size"], p["amount"]))


@maps("block_already_billed")
def block_billed(p, q, currency):
    """What was billed is told in money: so many full blocks."""
    before = F(p["already_billed"]) / F(p["price_per_block"]) * p["block_size"]
    return split(currency, before, F(q) - before, **package(p["block_size"], p["price_per_block"]))


def rounding(p):
    words = {"ceiling": "up", "floor": "down", "half": "nearest"}
    if p["round"] not in words:
        raise Skip(f"refused: a conversion rounded {p['round']}")
    return words[p["round"]]


def conversion(p):
    return {"convert": {"divide": decimal(p["divide"]), "round": rounding(p)}}


@maps("per_unit_converted", "package_split_conservation", "per_unit_converted_free_units")
def converted(p, q, currency):
    free = {"free": p["free_units_after_rounding"]} if "free_units_after_rounding" in p else {}
    return reported(currency, p.get("splits", q), price=p["unit"], **free, **conversion(p))


@maps("graduated_converted")
def graduated_converted(p, q, currency):
    return reported(currency, q, **conversion(p), **tiers(p["tiers"]))


@maps("prorated_graduated")
def prorated_graduated(p, q, currency):
    if p["event_units"] or p["event_prorated_units"]:
        raise Skip("refused: fees by the highest running total depend on the order of events")
    return graduated(p, q, currency)


@maps("graduated_split_line")
def graduated_split(p, q, currency):
    return split(currency, p["quantity_before_line"], q, **tiers(p["tiers"]))


@maps("free_units_split_line")
def free_split(p, q, currency):
    return split(currency, p["quantity_before_line"], q, price="1", free=p["free_units"])


@maps("late_usage_per_unit")
def late_per_unit(p, q, currency):
    return split(currency, p["billed_in_period_1"], F(p["later_seen_period_1"]) - F(p["billed_in_period_1"]), price=p["unit"])


def split(currency, before, more, **terms):
    """What was billed before, then more: a difference."""
    job = Job(currency)
    job.report(before)
    job.late()
    job.report(more)
    job.charge(**terms)
    return [job], answer.difference


@maps("per_group_graduated")
def per_group(p, q, currency, model="graduated"):
    job = Job(currency)
    for name, units in q.items():
        job.report(units, group=name)
    job.charge(key_by=["group"], **tiers(p["tiers"], max(map(F, q.values())), model=model))
    return [job], answer.net()


@maps("per_group_volume")
def per_group_volume(p, q, currency):
    return per_group(p, q, currency, "volume")


@maps("included_plus_overage")
def included(p, q, currency):
    return take_or_pay(currency, q, p["included"], p["price"], p["overage_unit"])


@maps("prepaid_drawdown")
def prepaid_drawdown(p, q, currency):
    return take_or_pay(currency, q, p["included_units"], p["prepaid_amount"], p["overage_unit"])


@maps("quantity_commitment")
def quantity_commitment(p, q, currency):
    committed, beyond = F(p["commit_qty"]), F(p["unit"]) * F(p["overage_factor"])
    if not p["true_up"]:
        return reported(currency, q, **tiers([{"up_to": committed, "unit": p["unit"]}, {"unit": beyond}]))
    return take_or_pay(currency, q, committed, committed * F(p["unit"]), beyond)


def take_or_pay(currency, q, included_units, fee, beyond):
    """A fee that includes so many units, used or not: the first tier's flat amount."""
    return reported(currency, q, **tiers([{"up_to": included_units, "flat": fee}, {"unit": beyond}]))


@maps("hourly_reserved_capacity")
def reserved(p, q, currency):
    if not p.get("true_up"):
        raise Skip("needs commitments per window without true-up")
    return hourly(currency, p["reserved_per_hour"], p["unit"], p["overage_factor"], q)


@maps("amount_commitment_window")
def amount_per_window(p, q, currency):
    """So much money an hour buys so many units an hour; a reservation of these, where unused is paid."""
    committed = F(p["commit_amount"]) / F(p["unit"])
    if p["true_up"]:
        return hourly(currency, committed, p["unit"], p["overage_factor"], q)
    if isinstance(q, list):
        raise Skip("needs commitments per window without true-up")
    return reported(currency, q, **tiers([{"up_to": committed, "unit": p["unit"]},
                                          {"unit": F(p["unit"]) * F(p["overage_factor"])}]))


def hourly(currency, committed, unit, factor, used):
    job = Job(currency)
    for hour, units in enumerate(used):
        job.run(units, hour, hour + 1)
    job.charge("gpu_time", price=decimal(F(unit) * F(factor)))
    job.reserve(committed, unit, 0, len(used))
    return [job], answer.net()


@maps("percentage")
def percentage(p, q, currency):
    """A percentage of money, and a price for each event."""
    job = Job(currency)
    amounts = p["events"] if isinstance(p["events"], list) else [F(q) / p["events"]] * p["events"]
    for hour, amount in enumerate(amounts):
        job.report(amount, hour=hour)
        job.report(1, "events", hour=hour)
    job.charge(model="percentage", percent=p["rate"])
    job.charge("events", price=p.get("fixed_per_event", "0"))
    return [job], answer.net()


@maps("graduated_percentage")
def graduated_percentage(p, q, currency):
    return reported(currency, q, **tiers(p["tiers"], q, "pct"))


@maps("graduated_percentage_increment")
def graduated_percentage_increment(p, q, currency):
    before = F(p["cumulative_before"])
    return split(currency, before, q, **tiers(p["tiers"], before + F(q), "pct"))


@maps("llm_tokens_disjoint_classes")
def llm(p, q, currency):
    """Where only the output's amount is known, it is one token at that price."""
    cached = int(q["cached_tokens_inside_prompt"])
    job = Job(currency)
    job.request(input=int(q["prompt_tokens_total"]) - cached, cache_read=cached, output=int(q.get("output_tokens", 1)))
    for name, price in (("input", p["prompt_price"]), ("cache_read", p["cached_price"]),
                        ("output", p.get("output_price") or p["output_total"])):
        job.charge("tokens", where={"class": name}, price=price)
    return [job], answer.net()


@maps("invoice_totals")
def invoice_totals(p, q, currency):
    job = Job(currency, tax=p["tax_pct"])
    for i, price in enumerate(p["lines"]):
        job.report(1, line=str(i))
        job.charge(where={"line": str(i)}, price=price)
    return [job], answer.total


@maps("weighted_sum")
def weighted_sum(p, q, currency):
    """Changes of a level, as its producer tells them: how long it was held. Averaged over the period."""
    job, level, end = Job(currency), 0, p["period_seconds"]
    changes = p["events"] + [[end, "0"]]
    for (at, change), (to, _) in zip(changes, changes[1:]):
        level += int(change)
        if level:
            job.hold(level, F(at, 3600), F(to, 3600))
    job.charge("held", per=F(end, 3600), price="1")
    return [job], answer.net()


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


def above(case, cases):
    """Parameters that are told 'as above' are those of the example before, by its number."""
    params = case["params"]
    if not isinstance(params, dict) or "as above" not in params.values():
        return params
    series, number = re.fullmatch(r"(.*?)(\d+)", case["id"]).groups()
    return cases[f"{series}{int(number) - 1:0{len(number)}d}"]["params"]


MAP.update(invoice_after_credit=models_money.invoice_after_credit, time_of_day_commitment=models_money.time_of_day)


class Params(dict):
    """Remembers what was asked for: a member that no mapping looks at may change the price."""

    def __init__(self, members):
        super().__init__(members)
        self.unread = set(members) - {"line", "note", "rule", "unit_name"}

    def __getitem__(self, name):
        self.unread.discard(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self.unread.discard(name)
        return super().__contains__(name)

    def get(self, name, default=None):
        return self[name] if name in self else default


def prepare(case, cases):
    """Jobs and checks: (what it is called, how it is read, what is expected)."""
    name = case["model"]
    if name not in MAP:
        raise Skip(NEEDS.get(name, f"no mapping for the model {name}"))
    params = Params(above(case, cases))
    jobs, read = MAP[name](params, case["quantity"], case["currency"])
    if params.unread:
        raise Skip(f"{name} with {', '.join(sorted(params.unread))} is not mapped")
    return jobs, [("amount", read, case["expected_amount"])]
