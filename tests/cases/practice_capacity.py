"""Cases of the form of practice.json: reservations, and sizes of one family that share them."""
from fractions import Fraction as F
import calendar, datetime
import re

import answer
from job import Job, decimal
from mapping import Skip, one, shape
from models_map import hourly

@shape("unit", "commit_per_hour", "overage_factor", "true_up", "hours")
def committed_hours(i, e):
    jobs, read = hourly("EUR", i["commit_per_hour"], i["unit"], i["overage_factor"], i["hours"])
    for used in i["hours"]:
        jobs += hourly("EUR", i["commit_per_hour"], i["unit"], i["overage_factor"], [used])[0]
    each = [(f"hour {n}", answer.net(n), text) for n, text in enumerate(e["hour_charges"], 1)]
    return one(jobs, ("total", read, e["total"]), *each)


def covered(reserved, runs, price="1", rate="1", **terms):
    """A job with one reservation for as long as something runs: (units, from hour, to hour, dimensions)."""
    job = Job()
    for units, start, end, dimensions in runs:
        job.run(units, start, end, **dimensions)
    job.charge("gpu_time", price=price)
    job.reserve(reserved, rate, int(min(r[1] for r in runs)), -int(-max(r[2] for r in runs) // 1), **terms)
    return job


@shape("reserved", "running_matching")
def unused_slots(i, e):
    job = covered(i["reserved"], [(i["running_matching"], 0, 1, {})])
    return one(job, ("billed_running", answer.reservation("covered"), e["billed_running"]),
               ("billed_unused", answer.reservation("unused"), e["billed_unused"]))


@shape("committed_cores", "running_cores")
def committed_cores(i, e):
    job = covered(i["committed_cores"], [(i["running_cores"], 0, 1, {})])
    return one(job, ("discounted_cores", answer.reservation("covered"), e["discounted_cores"]),
               ("standard_cores", answer.charge("c0"), e["standard_cores"]))


@shape("rate", "hours", word="capacity reservation timeline")
def timeline(i, e):
    held, used = [], []
    for text in i["hours"]:
        m = re.match(r"(\d+)(?:-(\d+))? (unused|occupied)?(.*runs)?", text)
        span = range(int(m[1]) - 1, int(m[2] or m[1]))
        runs = "instance runs" in text
        if not (m[3] or runs):
            raise Skip(f"an hour that is told in words: {text}")
        held += span if m[3] else []
        used += span if m[3] == "occupied" or runs else []
    job = Job()
    for hour in used:
        job.run(1, hour, hour + 1)
    job.charge("gpu_time", price=i["rate"])
    job.reserve(1, i["rate"], min(held), max(held) + 1)

    def ran(outs):
        return answer.reservation("covered")(outs)[0] + answer.charge("c0")(outs)[0] / F(i["rate"]), None
    return one(job, ("total", answer.net(), e["total"]), ("instance_hours", ran, e["instance_hours"]),
               ("unused_reservation_hours", answer.reservation("unused"), e["unused_reservation_hours"]))


def clock(text):
    hour, minute = text.split(":")
    return F(hour) + F(minute) / 60


@shape("reserved_cores", "usage")
def cores(i, e):
    """'2 x 8-core for 1 h', ['16-core 13:00-13:30', …]."""
    runs = []
    for text in [i["usage"]] if isinstance(i["usage"], str) else i["usage"]:
        m = re.fullmatch(r"(?:(\d+) x )?(\d+)-core (?:for (\d+) h|(\S+)-(\S+))", text)
        start, end = (0, int(m[3])) if m[3] else (clock(m[4]), clock(m[5]))
        runs += [(int(m[2]), start, end, {})] * int(m[1] or 1)
    job = covered(i["reserved_cores"], runs)
    readings = {"discounted_core_hours": answer.reservation("covered"), "payg_core_hours": answer.reservation("overage"),
                "payg_minutes_16core": lambda outs: (F(outs[0]["reservations"][0]["overage"]) / 60 / 16, None)}
    return one(job, *((name, readings[name], e[name]) for name in e))


@shape("ri", "usage", word="per-clock-hour")
def concurrent(i, e):
    (sku, reserved), = i["ri"].items()
    m = re.fullmatch(r"(\d+) x (\S+) concurrently for (\d+) full clock hour", i["usage"])
    job = covered(reserved, [(1, 0, int(m[3]), {"sku": m[2]})] * int(m[1]), where={"sku": sku})
    return one(job, ("reserved_hours", answer.reservation("covered"), e["reserved_hours"]),
               ("on_demand_hours", answer.reservation("overage"), e["on_demand_hours"]))


@shape("upfront", "hourly", "hours")
def list_value(i, e):
    """What a reservation costs over its term, period by period, always used."""
    jobs = []
    for label, start, end in months(i["hours"]):
        job = Job()
        job.period = label
        job.run(1, start, end)
        job.charge("gpu_time", price="1")
        job.reserve(1, i["hourly"], 0, i["hours"], upfront=i["upfront"], payment="partial")
        jobs.append(job)
    return one(jobs, ("list_value", answer.whole_term, e["list_value"]))


def months(hour_count):
    """(label, from hour, to hour) of the months that tile so many hours."""
    year, month, at = 2026, 10, 0
    while at < hour_count:
        end = min(hour_count, at + 24 * calendar.monthrange(year, month)[1])
        yield f"{year}-{month:02d}", at, end
        year, month, at = year + month // 12, month % 12 + 1, end


# --------------------------------------------------------------------------- reservations of sizes


def factors(sizes, reserved):
    """Members of a reservation of this size that covers all sizes of its family."""
    return {"size": decimal(sizes[reserved]), "factors": [{"where": {"sku": [sku]}, "factor": decimal(f)} for sku, f in sizes.items()]}


def flexible(reservations, usage):
    """A job at a price of 1, and for each SKU how many of it are covered.

    reservations: (sku, count, sizes of its family, zone or None); usage: (sku, count, zone or None).
    """
    job = Job()
    for sku, count, zone in usage:
        job.run(count, 0, 1, sku, **({"zone": zone} if zone else {}))
    skus = dict.fromkeys(sku for sku, _, _ in usage)
    for sku in skus:
        job.charge("gpu_time", where={"sku": sku}, price="1")
    for sku, count, sizes, zone in reservations:
        where = {"sku": sku, "zone": zone} if zone else {}
        terms = {} if zone else factors(sizes, sku)
        job.reserve(count, "1", 0, 1, where=where, **terms)
        if not zone:
            job.reservations[-1]["where"]["sku"] = sorted(sizes)
    return job, {sku: answer.less(sum(count for used, count, _ in usage if used == sku), answer.charge(f"c{n}"))
                 for n, sku in enumerate(skus)}


def family(sku, normalization):
    """All sizes of a SKU's family: 'm4.large' → {'m4.large': 4, 'm4.xlarge': 8}."""
    name = sku.split(".")[0]
    return {f"{name}.{size}": factor for size, factor in normalization.items()}


@shape("normalization", "ri", "usage")
def flex_part(i, e):
    (sku, count), = i["ri"].items()
    (used, units), = i["usage"].items()
    job, reads = flexible([(sku, count, family(sku, i["normalization"]), None)], [(used, units, None)])
    return one(job, *((name, answer.part_of(units, reads[used]), e[name]) for name in e))


def zoned(usage):
    return [(name.partition("@")[0], count, name.partition("@")[2]) for name, count in usage.items()]


@shape("normalization", "ri_regional", "usage")
def flex_smallest_first(i, e):
    return flex_regional({**i, "ri_zonal": {}}, e)


@shape("normalization", "ri_zonal", "ri_regional", "usage")
def flex_regional(i, e):
    """Zonal reservations hold for the zone in which their SKU runs."""
    usage, reservations = zoned(i["usage"]), []
    zones = {sku: zone for sku, _, zone in usage}
    reservations += [(sku, n, None, zones[sku]) for sku, n in i["ri_zonal"].items()]
    reservations += [(sku, n, family(sku, i["normalization"]), None) for sku, n in i["ri_regional"].items()]
    job, reads = flexible(reservations, usage)
    counts, checks = {sku: n for sku, n, _ in usage}, []
    for name, text in e.items():
        m = re.fullmatch(r"([a-z]\d)_(\w+?)_(covered|on_demand)(_fraction)?", name)
        if not m:
            continue
        sku = f"{m[1]}.{m[2]}"
        read = reads[sku] if m[3] == "covered" else answer.less(counts[sku], reads[sku])
        checks.append((name, answer.part_of(counts[sku], read) if m[4] else read, text))
    return one(job, *checks)


@shape("reserved", "usage")
def ratio_text(i, e):
    """'DS4_v2 ratio 8', {'DS5_v2 (16)': 1}."""
    sku, ratio = re.fullmatch(r"(\S+) ratio (\d+)", i["reserved"]).groups()
    sizes, usage = {sku: int(ratio)}, []
    for text, count in i["usage"].items():
        used, factor = re.fullmatch(r"(\S+) \((\d+)\)", text).groups()
        sizes[used] = int(factor)
        usage.append((used, count, None))
    job, reads = flexible([(sku, 1, sizes, None)], usage)
    instances = sum(count for _, count, _ in usage)

    def all_covered(outs):
        return sum((read(outs)[0] for read in reads.values()), F(0)), None
    readings = {"covered": all_covered, "covered_fraction": answer.part_of(instances, all_covered)}
    return one(job, *((name, readings[name], e[name]) for name in e))


@shape("commitment", "usage", "normalization")
def normalised(i, e):
    """'1 VM_XLARGE (4 normalised units) at 2.00/h'; what covered usage is worth is not rated."""
    m = re.fullmatch(r"(\d+) (\S+) \(\d+ normalised units\) at ([\d.]+)/h", i["commitment"])
    (used, count), = i["usage"].items()
    job = Job()
    for _ in range(count):
        job.run(1, 0, 1, used)
    job.charge("gpu_time", where={"sku": used}, price="1")
    job.reserve(int(m[1]), m[3], 0, 1, **factors(i["normalization"], m[2]))
    rows = e["usage_rows"]
    return one(job, ("purchase_billed", answer.charge("r0"), e["purchase_billed"]),
               ("BilledCost", answer.charge("c0"), str(sum(F(r["BilledCost"]) for r in rows))),
               ("CommitmentDiscountQuantity", answer.reservation("covered"), str(sum(F(r["CommitmentDiscountQuantity"]) for r in rows))))


@shape("commitment", "usage", "od_rate_medium")
def unmatched(i, e):
    count, sku, rate = re.fullmatch(r"(\d+) (\S+) at ([\d.]+)/h", i["commitment"]).groups()
    (used, units), = i["usage"].items()
    job = Job()
    job.run(units, 0, 1, used)
    job.charge("gpu_time", where={"sku": used}, price=i["od_rate_medium"])
    job.reserve(int(count), rate, 0, 1, where={"sku": sku})

    def unused_worth(outs):
        return answer.reservation("unused")(outs)[0] * F(rate), None
    return one(job, ("purchase_billed", answer.charge("r0"), e["purchase_billed"]), ("unused_effective", unused_worth, e["unused_effective"]),
               ("vm_medium_on_demand", answer.charge("c0"), e["vm_medium_on_demand"]))



@shape("account_A", "account_B", "normalization")
def linked_accounts(i, e):
    """A, who pays for the pool, has bought; B shares. What a member pays at 1 an hour is what is not covered of it."""
    job, skus = Job(), {}
    job.pool = ["b"]
    for tenant, account in (("t", i["account_A"]), ("b", i["account_B"])):
        job.subject = tenant
        for sku, count in account["usage"].items():
            for _ in range(count):
                job.run(1, 0, 1, sku)
            skus[tenant, sku] = count
    names = sorted({sku for _, sku in skus})
    for sku in names:
        job.charge("gpu_time", where={"sku": sku}, price="1")
    for sku, count in i["account_A"]["ri_regional"].items():
        sizes = family(sku, i["normalization"])
        job.reserve(count, "1", 0, 1, shared=True, **factors(sizes, sku))
        job.reservations[-1]["where"]["sku"] = sorted(sizes)

    def covered_of(tenant, sku):
        def read(outs):
            lines = [line for line in outs[0]["lines"] if line["charge"] == f"c{names.index(sku)}" and line["tenant"] == tenant]
            return skus[tenant, sku] - sum((F(line["amount"]) for line in lines), F(0)), None
        return read
    checks = []
    for name, count in e.items():
        account, kind, size, _ = name.split("_")
        checks.append((name, covered_of({"A": "t", "B": "b"}[account], f"{kind}.{size}"), count))
    return one(job, *checks)


# -------------------------------------------------------------------------------------- spend plans


def products(usage, plans):
    """A job of one hour: a charge for each product (its number is its name's place), and spend plans:
    (amount, which member of a product is its rate, the product that it is for or None)."""
    job = Job()
    names = list(usage)
    for n, (name, told) in enumerate(usage.items()):
        job.hold(told["qty"], 0, 1, sku=name)
        job.charge("held", where={"sku": name}, price=told["od"])
    for amount, rate, only in plans:
        rates = {f"c{names.index(name)}": told[rate] for name, told in usage.items() if rate in told and only in (None, name)}
        job.spend(amount, 0, 1, {"sku": only} if only else None, rates=rates)
    return job


def product(usage, name, job=0):
    return answer.charge(f"c{list(usage).index(name)}", job)


def all_products(usage, job=0):
    return answer.plus(*(product(usage, name, job) for name in usage))


@shape("hour", "compute_sp_commitment_per_hour", "usage", word="covers all usage")
def savings_cover_all(i, e):
    jobs = [products(i["usage"], [(i["compute_sp_commitment_per_hour"], "csp", None)]), products(i["usage"], [])]
    assert e["unused_commitment_carries_over"] is False
    return one(jobs, ("savings_plan_rate_cost", answer.spent("covered"), e["savings_plan_rate_cost"]),
               ("charged_for_hour", answer.net(), e["charged_for_hour"]), ("nothing is left", all_products(i["usage"]), "0.00"),
               ("on_demand_without_plan", answer.net(1), e["on_demand_without_plan"]))


@shape("hour", "compute_sp_commitment_per_hour", "usage", word="partial")
def savings_partial(i, e):
    usage = i["usage"]
    job = products(usage, [(i["compute_sp_commitment_per_hour"], "csp", None)])
    first, *others = usage
    covered = answer.less(usage[first]["qty"], answer.part_of(usage[first]["od"], product(usage, first)))
    return one(job, ("r5_units_covered_approx", answer.about(covered, 1), e["r5_units_covered_approx"]), ("r5_on_demand", product(usage, first), e["r5_on_demand"]),
               ("other_on_demand", answer.plus(*(product(usage, name) for name in others)), e["other_on_demand"]),
               ("total_on_demand", all_products(usage), e["total_on_demand"]))


@shape("hour", "compute_sp_commitment_per_hour", "usage", word="tie broken")
def savings_order(i, e):
    """As published, and with amounts that pay for the first, the first two …: nothing else is covered."""
    usage, amount = i["usage"], i["compute_sp_commitment_per_hour"]
    names = [text.partition(" ")[0] for text in e["order"]]
    jobs, checks, paid = [products(usage, [(amount, "csp", None)])], [], F(0)
    for n, name in enumerate(names, 1):
        paid += F(usage[name]["csp"]) * usage[name]["qty"]
        jobs.append(products(usage, [(paid, "csp", None)]))
        checks += [(f"{other} after {n}", product(usage, other, n),
                    str(0 if other in names[:n] else F(usage[other]["od"]) * usage[other]["qty"])) for other in names]
    assert e["commitment_exhausted"] is True
    return one(jobs, ("unused", answer.spent("unused"), "0.00"), ("remaining_on_demand", all_products(usage), e["remaining_on_demand"]), *checks)


@shape("hour", "ec2_instance_sp_r5_commitment", "compute_sp_commitment", "usage")
def savings_narrow_first(i, e):
    usage = i["usage"]
    job = products(usage, [(i["compute_sp_commitment"], "csp", None), (i["ec2_instance_sp_r5_commitment"], "eisp", "r5.4xlarge")])
    applied = [(name, product(usage, name), "0.00") for name in e["compute_sp_applied_to"]]
    assert e["compute_sp_exhausted"] is True
    return one(job, ("instance_sp_used", answer.spent("covered", 1), e["instance_sp_used"]),
               ("instance_sp_unused", answer.spent("unused", 1), e["instance_sp_unused"]), ("exhausted", answer.spent("unused"), "0.00"),
               ("remaining_on_demand", all_products(usage), e["remaining_on_demand"]), ("charged_total", answer.net(), e["charged_total"]), *applied)


@shape("hourly_commit", "eligible_usage_at_commit_rate")
def use_it_or_lose_it(i, e):
    """Usage worth so much in the plan's hour, and some in the next, when it is over."""
    worth, job = F(i["eligible_usage_at_commit_rate"]), Job()
    if worth:
        job.run(worth, 0, 1)
    job.run(1, 1, 2)
    job.charge("gpu_time", price="2")
    job.spend(i["hourly_commit"], 0, 1, discount="50")
    on_demand = answer.less(2, answer.charge("c0"))  # 2 are the second hour's
    return one(job, ("used_effective", answer.spent("covered"), e["used_effective"] or "0.00"),
               ("unused_effective", answer.spent("unused"), e["unused_effective"] or "0.00"),
               ("on_demand_billed", on_demand, e["on_demand_billed"] or "0.00"), ("BilledCost_on_covered_rows", on_demand, e["BilledCost_on_covered_rows"]))


def term_of(commit, hour_count, **terms):
    """A spend plan over its term, a job for each month."""
    jobs = []
    for label, start, end in months(hour_count):
        job = Job()
        job.period = label
        job.run(1, start, end)
        job.charge("gpu_time", price="2")
        job.spend(commit, 0, hour_count, discount="50", **terms)
        jobs.append(job)
    return jobs


def whole_plan(outs):
    """What the plan is billed over its term."""
    return sum((answer.charge("s0", n)(outs)[0] for n in range(len(outs))), F(0)), None


@shape("hourly_commit", "term", "payment")
def all_upfront(i, e):
    start, end = (datetime.date.fromisoformat(text) for text in i["term"].split(".."))
    hour_count = (end - start).days * 24
    jobs = term_of(i["hourly_commit"], hour_count, upfront=decimal(F(i["hourly_commit"]) * hour_count), rate_share="0")

    def money(outs):
        return sum((answer.spent("capacity", 0, n)(outs)[0] for n in range(len(outs))), F(0)), None
    return one(jobs, ("BilledCost", answer.charge("s0"), e["BilledCost"]), ("of the term", whole_plan, e["BilledCost"]),
               ("CommitmentDiscountQuantity", money, e["CommitmentDiscountQuantity"]))


@shape("hourly_commit", "upfront_share", "months")
def half_upfront(i, e):
    assert i["months"] == 12
    commit, share, hour_count = F(i["hourly_commit"]), F(i["upfront_share"]), 365 * 24
    jobs = term_of(commit, hour_count, upfront=decimal(commit * hour_count * share), rate_share=decimal(1 - share))

    def one_time(outs):
        parts = next(line["parts"] for line in outs[0]["lines"] if line["charge"] == "s0")
        return sum(F(p["amount"]) for p in parts if p["kind"] == "upfront"), None

    def each_hour(outs):
        return (whole_plan(outs)[0] - one_time(outs)[0]) / hour_count, None
    return one(jobs, ("one_time", one_time, e["one_time"]), ("recurring_each_hour", each_hour, e["recurring_each_hour"]))


@shape("commitment_od_equivalent_per_hour", "discount", "usage_od")
def on_demand_money(i, e):
    job = Job()
    job.run(F(i["usage_od"]), 0, 1)
    job.charge("gpu_time", price="1")
    job.spend(i["commitment_od_equivalent_per_hour"], 0, 1, basis="on_demand", discount=i["discount"].removesuffix("%"))
    return one(job, ("commitment_fee", answer.charge("s0"), e["commitment_fee"]),
               ("on_demand", answer.plus(answer.charge("c0"), answer.spent("covered")), e["on_demand"]),
               ("credit", answer.minus(answer.spent("covered")), e["credit"]), ("total", answer.net(), e["total"]))
