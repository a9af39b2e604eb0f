"""Cases of the form of practice.json: fees and proration, discounts, minimum and maximum, time of use."""
from fractions import Fraction as F
import datetime
import re

import answer
from job import Job, decimal
from mapping import Skip, one, shape, tiers
from models_terms import fee, held, month_of

# ------------------------------------------------------------------------------- minimum and maximum


def after(unit, before, more, **terms):
    """What a charge costs after `before` units, and then `more`: a difference."""
    job = Job()
    job.report(before)
    job.late()
    job.report(more)
    job.charge(price=unit, **terms)
    return job


@shape("unit", "maximum", "previous_qty", "line_qty")
def capped(i, e):
    job = after(i["unit"], i["previous_qty"], i["line_qty"], maximum=i["maximum"])
    gross = F(i["unit"]) * i["line_qty"]
    return one(job, ("total", answer.difference, e["total"]), ("discount", answer.less(gross, answer.difference), e["discount"]))


@shape("unit", "discount", "maximum", "previously_billed", "line_qty")
def discounted_and_capped(i, e):
    """What was billed before tells how many units that were, at the discounted price."""
    percent = i["discount"].removesuffix("%")
    before = F(i["previously_billed"]) / (F(i["unit"]) * (1 - F(percent) / 100))
    job = after(i["unit"], before, i["line_qty"], maximum=i["maximum"], discounts=[{"percent": percent}])
    gross = F(i["unit"]) * i["line_qty"]
    return one(job, ("total", answer.difference, e["total"]), ("discounts", answer.less(gross, answer.difference), e["discounts"]))


@shape("minimum", "previously_billed", "line_qty")
def least(i, e):
    job = Job()
    job.report(F(i["previously_billed"]) + i["line_qty"])
    job.charge(price="1", minimum=i["minimum"])
    return one(job, ("minimum_spend_line", answer.parts("minimum"), e["minimum_spend_line"]))


# ---------------------------------------------------------------------------------------- discounts


def coupon(text):
    return {"percent": text.removesuffix("%")} if text.endswith("%") else {"fixed": text}


@shape("subtotal", "coupons")
def coupons(i, e):
    """One after the other, each on what is left."""
    job = Job(tax="10")
    job.report(i["subtotal"])
    job.charge(price="1", discounts=[coupon(text) for text in i["coupons"]])
    return one(job, *((name, answer.document("tax")() if name == "tax" else answer.net(), e[name]) for name in e))


@shape("gross", "discount", "quantity")
def price_discount(i, e):
    """So much off each of the units."""
    job = Job()
    job.report(i["quantity"])
    job.charge(price=i["gross"], discounts=[{"fixed": decimal(F(i["discount"]) * i["quantity"])}])
    return one(job, ("net_price", answer.part_of(i["quantity"], answer.net()), e["net_price"]))


@shape("fees", "coupon", word="pro rata over lines")
def coupon_over_fees(i, e):
    """Shared in proportion to the fees: so many percent of each."""
    job = Job()
    subtotal = sum(F(amount) for amount, _ in i["fees"])
    job.discounts = [{"percent": decimal(F(i["coupon"]) / subtotal * 100)}]
    for amount, rate in i["fees"]:
        category = "rate" + rate.removesuffix("%")
        job.taxes[category] = rate.removesuffix("%")
        job.fee(amount, tax_category=category)
    off = [(f"coupon on {n}", answer.less(amount, answer.charge(f"c{n}")), text)
           for n, ((amount, _), text) in enumerate(zip(i["fees"], e["coupon_per_fee"]))]
    return one(job, ("net", answer.net(), e["net"]), ("tax_total", answer.document("tax")(), e["tax_total"]),
               ("total", answer.total, e["total"]), *off)


@shape("lines_S25", "doc_charge", "doc_allowance", "rate", "lines_E")
def breakdown(i, e):
    """A document's charge is a fee, its allowance a discount of that."""
    job = Job()
    job.taxes = {"s": i["rate"], "e": "0"}
    for category, amounts in (("s", i["lines_S25"]), ("e", i["lines_E"])):
        for n, amount in enumerate(amounts):
            job.report(1, line=f"{category}{n}")
            job.charge(where={"line": f"{category}{n}"}, price=amount, tax_category=category)
    job.fee(i["doc_charge"], tax_category="s", discounts=[{"fixed": i["doc_allowance"]}])
    return one(job, *((name, answer.tax(name[-1].lower(), "net" if name.startswith("taxable") else "tax"), e[name]) for name in e))


@shape("base", "rates")
def several_taxes(i, e):
    job = Job()
    job.several["more"] = {f"tax {n}": rate.removesuffix("%") for n, rate in enumerate(i["rates"])}
    job.report(i["base"])
    job.charge(price="1", tax_category="more")
    return one(job, ("tax", answer.document("tax")(), e["tax"]))


@shape("base", "percent")
def charge_by_percentage(i, e):
    job = Job()
    job.report(i["base"])
    job.charge(model="percentage", percent=str(i["percent"]))
    return one(job, ("amount", answer.net(), e["amount"]))


@shape("price", "quantity", "charge", "allowance")
def line_terms(i, e):
    """'1 (1% of 100)': a fee of 1 on the line."""
    job = Job()
    job.report(i["quantity"])
    job.charge(price=i["price"], discounts=[{"fixed": i["allowance"]}])
    job.fee(i["charge"].split()[0])
    return one(job, ("line_net", answer.net(), e["line_net"]))


# ---------------------------------------------------------------------------------------- proration


@shape("fee", "tax", "unused")
def credited(i, e):
    """A fee of a month that ends early: what the whole month's document had more."""
    unused = F(i["unused"])
    days = next((of for of in (30, 28, 31) if of * unused == int(of * unused)), None)
    if days is None:
        raise Skip("no month has days for that part")
    tax = i["tax"].removesuffix("%")
    jobs = [fee("EUR", i["fee"], n, days, tax, last=False) for n in (int(days - days * unused), days)]
    sums = [(name, answer.change(answer.document(name), 0, 1), e[name]) for name in ("net", "tax", "total")]
    invoice = [("invoice_tax", answer.document("tax")(1), e["invoice_tax"])] if "invoice_tax" in e else []
    return one(jobs, *sums, *invoice)


@shape("old", "new", "days_total", "days_used")
def changed(i, e):
    """A plan ends and another begins in the period; each is a charge of its own, rounded alone."""
    if i["days_total"] != 30:
        return changed_by_time(i, e)
    jobs = [fee("EUR", i["old"], 30, 30)]
    jobs.append(fee("EUR", i["old"], 30, 30))
    jobs[1].version(month_of(30)[1] + i["days_used"] * 24)
    jobs[1].fee(i["new"])
    new = answer.charge("c1", 1)
    credit = answer.change(lambda job: answer.charge("c0", job), 1, 0)
    return one(jobs, ("credit", credit, e["credit"]), ("charge", new, e["charge"]),
               ("net", answer.change(answer.net, 0, 1), e["net"]))


def changed_by_time(i, e):
    """A period that is no month: priced by the days that a plan is held, month by month."""
    left = i["days_total"] - i["days_used"]
    old, new = (held("EUR", i[name], left, i["days_total"]) for name in ("old", "new"))
    sums = [answer.over(range(len(old))), answer.over(range(len(old), len(old) + len(new)))]
    return one(old + new, ("credit", sums[0], e["credit"]), ("charge", sums[1], e["charge"]),
               ("net", answer.rounded_change(*sums), e["net"]))


@shape("plan", "start", "end", "inclusive_days")
def terminated(i, e):
    price, days = re.fullmatch(r"([\d.]+) per quarter of (\d+) days", i["plan"]).groups()
    dates = [datetime.date.fromisoformat(i[name]) for name in ("start", "end")]
    if (dates[1] - dates[0]).days + 1 != i["inclusive_days"]:
        raise Skip("its days are not those between its dates")
    return one(held("EUR", price, i["inclusive_days"], int(days)), ("fee", answer.whole_term, e["fee"]))


@shape("recurring", "tiers", "usage")
def in_advance(i, e):
    job = Job()
    job.fee(i["recurring"], due="advance")
    job.report(i["usage"])
    job.charge(**tiers(i["tiers"]))
    return one(job, ("usage_item", answer.charge("c1"), e["usage_item"]), ("next_recurring", answer.charge("c0"), e["next_recurring"]))


# -------------------------------------------------------------------------------- times, blended rates


@shape("peak", "peak_per_mtok", "offpeak_per_mtok")
def peak_hours(i, e):
    """'Mon-Fri 01:00-04:00 and 06:00-10:00 UTC'. A million of each kind at Friday's peak, and off it."""
    times = re.findall(r"(\d\d:\d\d)-(\d\d:\d\d)", i["peak"])
    if not i["peak"].startswith("Mon-Fri") or not times:
        raise Skip(f"hours that are told in words: {i['peak']}")
    peak_hour = 24 + int(times[0][0][:2])  # 2 October 2026 is a Friday
    jobs, checks = [], []
    for kind, price in i["peak_per_mtok"].items():
        for hour in (peak_hour, peak_hour - 1, peak_hour + 24):
            jobs.append(Job("USD"))
            jobs[-1].report(10 ** 6, hour=hour)
            jobs[-1].charge(per=10 ** 6, model="time_of_use", default=i["offpeak_per_mtok"][kind],
                            windows=[{"days": [1, 2, 3, 4, 5], "from": a, "to": b, "price": price} for a, b in times])
        for other in (2, 1):
            checks.append((f"ratio of {kind}", answer.ratio(len(jobs) - other, len(jobs) - 3), e["ratio"]))
    return one(jobs, *checks)


@shape("total_on_demand", "total_hours", "on_demand_hours", "on_demand_rate")
def blended(i, e):
    """What is on demand beside what is reserved, over all hours."""
    reserved = F(i["total_hours"] - i["on_demand_hours"], i["on_demand_hours"])
    job = Job()
    job.run(F(i["total_hours"], i["on_demand_hours"]), 0, i["on_demand_hours"])
    job.charge("gpu_time", price=i["on_demand_rate"])
    job.reserve(reserved, 0, 0, i["on_demand_hours"])
    return one(job, ("total_on_demand", answer.net(), i["total_on_demand"]),
               ("blended_rate", answer.part_of(i["total_hours"], answer.net()), e["blended_rate"]))
