"""Cases of the form of models.json, by their `model`: onto jobs, and where to read what is expected."""
from fractions import Fraction as F
import re

import answer
from job import Job, decimal
from mapping import Skip, package, tiers
import models_money
import models_terms  # noqa: F401, its mappings enter MAP
from models_base import MAP, maps, reported, split

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
