"""Cases of the form of practice.json, by the members of their `inputs` (and words of the `construct`)."""
from fractions import Fraction as F
import re

import answer
from job import Job, decimal
from mapping import SHAPES, Skip, block_tiers, one, package, shape, tiers
import practice_capacity, practice_money, practice_terms  # their shapes

# What a construct needs that is not built, by the first of these that its text has.
NEEDS = [
    (r"negative line", "refused: a quantity below zero"),
    (r"savings plan|narrow plan|spend-based|use-it-or-lose-it|commitment paid|commitment partial", "needs spend plans"),
    (r"truncated", "refused: a quantity truncated after it is weighted"),
    (r"payable rounding", "refused: no cash rounding"),
    (r"multipliers", "a table of prices, nothing is used"),
]


# ---------------------------------------------------------------------------- a price and a quantity


@shape("rate_per_hour", "seconds")
def seconds(i, e):
    job = Job()
    job.run(1, 0, F(i["seconds"], 3600))
    job.charge("gpu_time", price=i["rate_per_hour"])
    return one(job, ("amount", answer.net(), e["amount"]), ("displayed", answer.net(), e["displayed"]))


@shape("price_per_gib_month", "gib", "hours")
def stored(i, e):
    job = Job()
    job.hold(i["gib"], 0, i["hours"], "gib")
    job.charge("gib", per=720, price=i["price_per_gib_month"])
    return one(job, ("amount", answer.net(), e["amount"]))


@shape("input_m", "in_rate", "output_m", "out_rate")
def per_million(i, e):
    return tokens(i["input_m"] * 10 ** 6, i["in_rate"], i["output_m"] * 10 ** 6, i["out_rate"], 10 ** 6, e)


@shape("input_tokens", "in_per_1k", "output_tokens", "out_per_1k")
def per_thousand(i, e):
    return tokens(i["input_tokens"], i["in_per_1k"], i["output_tokens"], i["out_per_1k"], 1000, e)


def tokens(input_count, input_price, output_count, output_price, per, e):
    job = Job()
    job.request(input=input_count, output=output_count)
    job.charge("tokens", per=per, where={"class": "input"}, price=input_price)
    job.charge("tokens", per=per, where={"class": "output"}, price=output_price)
    parts = [(f"part {n}", answer.charge(f"c{n}"), text) for n, text in enumerate(e.get("parts", []))]
    return one(job, ("total", answer.net(), e["total"]), *parts)


@shape("memory_mb", "invocations", "seconds_each", "free_gb_s", "price_per_gb_s", "free_requests", "price_per_million_requests")
def functions(i, e):
    job = Job()
    job.multiply({"calls": ["calls"], "memory": ["calls", "mb", "ms"]},
                 {"calls": i["invocations"], "mb": i["memory_mb"], "ms": int(F(str(i["seconds_each"])) * 1000)})
    job.charge("memory", per=1024 * 1000, price=i["price_per_gb_s"], free=decimal(i["free_gb_s"]))
    job.charge("calls", per=10 ** 6, price=i["price_per_million_requests"], free=decimal(F(i["free_requests"], 10 ** 6)))
    parts = [(name, answer.charge(c), e[name]) for name, c in (("compute", "c0"), ("requests", "c1")) if name in e]
    return one(job, ("total", answer.net(), e["total"]), *parts)


@shape("price", "base_quantity", "quantity")
def base_quantity(i, e):
    job = Job()
    job.report(i["quantity"])
    job.charge(per=i["base_quantity"], price=i["price"])
    return one(job, ("line_net", answer.net(), e["line_net"]))


@shape("unit", "quantity")
def currencies(i, e):
    jobs = []
    for currency in (name for name in e if name != "computed"):
        jobs.append(Job(currency))
        jobs[-1].report(i["quantity"])
        jobs[-1].charge(price=i["unit"])
    checks = [(job.currency, answer.net(n), e[job.currency]) for n, job in enumerate(jobs)]
    return one(jobs, *checks, ("computed", answer.net(), e["computed"]))


@shape("gpu", "vcpu", "ram_gib")
def bundle(i, e):
    job = Job()
    for meter, text in i.items():
        level, price = text.split(" x ")
        job.hold(int(level), 0, 1, meter)
        job.charge(meter, price=price)
    return one(job, ("per_hour", answer.net(), e["per_hour"]))


@shape("instance", "accelerators", "instance_hourly")
def accelerator(i, e):
    job = Job()
    job.run(1, 0, 1)
    job.charge("gpu_time", per=i["accelerators"], price=i["instance_hourly"])
    return one(job, ("accelerator_hourly", answer.net(), e["accelerator_hourly"]))


@shape("os", "interrupted_by", "ran_minutes")
def spot(i, e):
    job = Job()
    job.run(1, 0, F(i["ran_minutes"], 60))
    job.charge("gpu_time", per=F(1, 3600), price="1")
    return one(job, ("billed_seconds", answer.net(), e["billed_seconds"]))


@shape("rate_per_gpu_hour", "gpus", "minutes")
def least_minutes(i, e, construct):
    """'minimum increment 15 minutes, rounded up': each GPU's time, by the catalog."""
    increment = re.search(r"increment (\d+) minutes, rounded up", construct)
    job, rate = Job(), F(i["rate_per_gpu_hour"])
    for _ in range(i["gpus"]):
        job.round_up(i["minutes"] * 60, int(increment[1]) * 60, "seconds")
    job.charge("seconds", per=3600, price=i["rate_per_gpu_hour"])
    return one(job, ("amount", answer.net(), e["amount"]),
               ("billed_gpu_hours", answer.part_of(rate, answer.net()), e["billed_gpu_hours"]))


COUNT = {"three": 3, "five": 5, "ten": 10}


@shape("rate")
def per_second(i, e):
    jobs = []
    for name in e:
        jobs.append(Job())
        jobs[-1].run(1, 0, F(COUNT[name.removesuffix("_s")], 3600))
        jobs[-1].charge("gpu_time", per=F(1, 3600), price=i["rate"])
    return one(jobs, *((name, answer.net(n), e[name]) for n, name in enumerate(e)))


@shape("rates", word="rate table")
def resolutions(i, e):
    """p720_5s: so many seconds at the price of 720p."""
    jobs = []
    for name in e:
        resolution, length = re.fullmatch(r"p(\d+)_(\d+)s", name).groups()
        jobs.append(Job())
        jobs[-1].report(length, **{"class": resolution + "p"})
        for value, price in i["rates"].items():
            jobs[-1].charge(where={"class": value}, price=price)
    return one(jobs, *((name, answer.net(n), e[name]) for n, name in enumerate(e)))


# ------------------------------------------------------------------------------------------- tiers


@shape("tiers", "usage", word="graduated")
def graduated(i, e):
    rows, usage = i["tiers"], i["usage"]
    job = Job()
    job.report(usage)
    job.charge(**tiers(rows))
    lines = [(f"tier {line['tier']}", answer.tier(line["tier"]), line["amount"]) for line in e.get("lines", [])]
    return one(job, ("total", answer.net(), e["total"]), *lines)


@shape("tiers", "usage", word="volume")
def volume(i, e):
    return by_volume(i["tiers"], i["usage"], e)


@shape("tiers", "flat_each", "usage", word="volume")
def volume_flat(i, e):
    return by_volume([{**row, "flat": i["flat_each"]} for row in i["tiers"]], i["usage"], e)


@shape("ranges", "usage")
def ranges(i, e):
    """A fee for the range that the usage falls in."""
    return by_volume([{"to": row["to"], "flat": row["price"]} for row in i["ranges"]], i["usage"], e)


def by_volume(rows, usage, e):
    job = Job()
    job.report(usage)
    job.charge(**tiers(rows, usage, model="volume"))
    return one(job, ("total", answer.net(), e["total"]))


@shape("tiers", "already_billed", "new_cumulative", word="volume")
def late_volume(i, e):
    """Reversed and billed again, or a difference: the net is the same."""
    before = i["already_billed"]["qty"]
    job = Job()
    job.report(before)
    job.late()
    job.report(i["new_cumulative"] - before)
    job.charge(**tiers(i["tiers"], i["new_cumulative"], model="volume"))
    return one(job, ("net", answer.difference, e["net"]), ("rebilled", answer.net(), e["lines"][-1]["amount"]))


@shape("package", "price", "free", "usage")
def packages(i, e):
    job = Job()
    job.report(i["usage"])
    job.charge(**package(i["package"], i["price"], free=decimal(i["free"])))
    return one(job, ("total", answer.net(), e["total"]))


@shape("seat_price", "entered_quantity", "uom")
def rounded_quantity(i, e):
    """'Seat, 0 decimals, round down'."""
    decimals, direction = re.search(r"(\d+) decimals, round (up|down)", i["uom"]).groups()
    size = F(1, 10 ** int(decimals))
    job = Job()
    job.report(i["entered_quantity"])
    job.charge(**package(size, F(i["seat_price"]) * size, round=direction))
    return one(job, ("recurring_charge", answer.net(), e["recurring_charge"]),
               ("stored_quantity", answer.part_of(i["seat_price"], answer.net()), e["stored_quantity"]))


def widths(rows, price):
    """Tiers told by their widths: first_tb, next_tb, up_to_tb."""
    border, out = 0, []
    for row in rows:
        border += next(v for k, v in row.items() if k != price)
        out.append({"up_to": border, "unit": row[price]})
    return out


@shape("tiers", "gb_per_tb", "usage_tb")
def storage_tiers(i, e):
    job = Job()
    job.report(i["usage_tb"] * i["gb_per_tb"])
    job.charge(per=i["gb_per_tb"], **tiers(widths(i["tiers"], "per_tb"), i["usage_tb"]))
    parts = [(f"tier {n}", answer.tier(n), text) for n, text in enumerate(e["tier_amounts"], 1)]
    return one(job, ("total", answer.net(), e["total"]), *parts)


@shape("tiers", "gb_per_tb", "bob_tb", "susan_tb")
def pooled(i, e):
    """One counter over the accounts, or one for each."""
    usage = {name.removesuffix("_tb"): i[name] for name in ("bob_tb", "susan_tb")}
    rows = [{**r, "up_to": r["up_to"] * i["gb_per_tb"]} for r in widths(i["tiers"], "per_gb")]
    jobs = [Job(), Job()]
    for job, terms in zip(jobs, ({}, {"key_by": ["account"]})):
        for name, terabytes in usage.items():
            job.report(terabytes * i["gb_per_tb"], account=name)
        job.charge(**terms, **tiers(rows, sum(usage.values()) * i["gb_per_tb"]))
    return one(jobs, ("total", answer.net(), e["total"]), ("without_pooling", answer.net(1), e["without_pooling"]))


@shape("tiers", "already_billed_qty", "line_qty")
def progressive(i, e, cases):
    """`tiers` may be those of another case: "as ID"."""
    rows = i["tiers"]
    if isinstance(rows, str):
        rows = cases[rows.removeprefix("as ")]["inputs"]["tiers"]
    job = Job()
    job.report(i["already_billed_qty"])
    job.late()
    job.report(i["line_qty"])
    job.charge(**tiers(rows))
    return one(job, ("lines", answer.difference, str(sum(F(line["amount"]) for line in e["lines"]))))


@shape("unit", "commit_units", "true_up", "usage")
def commitment(i, e):
    """With true-up a fee that includes the committed units, without it they only count."""
    fee = F(i["unit"]) * i["commit_units"]
    job = Job()
    job.report(i["usage"])
    job.charge(**tiers([{"up_to": i["commit_units"], **({"flat": fee} if i["true_up"] else {"unit": i["unit"]})},
                        {"unit": i["unit"]}]))
    return one(job, ("total", answer.net(), e["total"]))


@shape("minutes", "block", "tiers_minutes", "mbytes", "tiers_mb")
def all_tiers(i, e):
    def rows(size, told):
        return [{"block_size": size, "price": r["price"], **({"max_blocks": r["blocks"]} if "blocks" in r else {})} for r in told]
    job = Job()
    for meter, told in (("minutes", rows(i["block"], i["tiers_minutes"])), ("mbytes", rows(1, i["tiers_mb"]))):
        job.report(i[meter], meter)
        job.charge(meter, **block_tiers(told, i[meter], "graduated"))
    parts = [("part %d", answer.tier(n, c), text) for c, n, text in zip(("c0", "c0", "c1", "c1"), (1, 2, 1, 2), e["parts"])]
    return one(job, ("total", answer.net(), e["total"]), *((name % n, *rest) for n, (name, *rest) in enumerate(parts, 1)))


@shape("minutes", "block", "top_price", "mbytes", "top_price_mb")
def top_tier(i, e):
    """Where only the top tier's price is told, it is the only one."""
    job = Job()
    for meter, size, price in (("minutes", i["block"], i["top_price"]), ("mbytes", 1, i["top_price_mb"])):
        job.report(i[meter], meter)
        job.charge(meter, **block_tiers([{"block_size": size, "price": price}], i[meter], "volume"))
    parts = [(f"part of c{n}", answer.charge(f"c{n}"), text) for n, text in enumerate(e["parts"])]
    return one(job, ("total", answer.net(), e["total"]), *parts)


# ---------------------------------------------------------------------------------------- the case


def prepare(case, cases):
    """Jobs and checks: (what it is called, how it is read, what is expected)."""
    inputs, expected, construct = case["inputs"], case["expected"], case["construct"]
    more = {least_minutes: [construct], progressive: [cases]}
    for names, word, function in SHAPES:
        if set(inputs) == names and word in construct:
            return function(inputs, expected, *more.get(function, []))
    for pattern, reason in NEEDS:
        if re.search(pattern, construct):
            raise Skip(reason)
    raise Skip(f"no mapping for the construct: {construct}")
