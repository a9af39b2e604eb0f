"""Cases of the form of practice.json: commitments, prepaid credits, credits for service levels."""
from fractions import Fraction as F
import re

import answer
from job import Job, decimal, hours, label, stamp
from mapping import one, shape


def document(n, *members, sign=1):
    """An amount of the n-th document."""
    def read(outs):
        found = outs[0]["documents"][n]
        for member in members:
            found = found[member]
        return sign * F(found), sign * F(found)
    return read


def payable(n=0):
    return document(n, "settlement", "payable")


def of_lines(n, *kinds, charge=None, job=0):
    """Lines of a document of these kinds together."""
    def read(outs):
        found = [F(line["amount"]) for line in outs[job]["documents"][n]["lines"]
                 if line["kind"] in kinds and charge in (None, line["charge"])]
        return sum(found, F(0)), sum(found, F(0))
    return read


def of_parts(n, kind):
    def read(outs):
        found = [F(part["amount"]) for line in outs[0]["documents"][n]["lines"] for part in line["parts"] if part["kind"] == kind]
        return sum(found, F(0)), None
    return read


def due(charge, n=0):
    """What is left of a charge after what was burnt for it."""
    def read(outs):
        burnt = sum(F(burn["amount"]) for burn in outs[0]["documents"][n]["settlement"]["burns"] if burn["charge"] == charge)
        left = of_lines(n, "charge", charge=charge)(outs)[0] - burnt
        return left, left
    return read


def costing(amounts, tax="0", **terms):
    """A charge for each amount, of one unit at that price."""
    job = Job(tax=tax)
    for n, amount in enumerate(amounts):
        job.report(1, f"m{n}")
        job.charge(f"m{n}", price=decimal(amount), **(terms.get("first", {}) if n == 0 else {}))
    return job


# ------------------------------------------------------------------------------------------- credits


@shape("credit", "charge", "paid")
def account_credit(i, e):
    job = costing([i["charge"]])
    job.prepay(i["credit"])
    return one(job.bill(), ("charged", document(0, "total"), e["charged_amount"]), ("balance", payable(), e["balance"]))


@shape("fees", "tax", "coupons", "credits")
def coupons_after_tax(i, e):
    """A coupon after tax is a payment: a promotional credit."""
    job = costing(i["fees"], i["tax"].removesuffix("%"))
    job.prepay(i["coupons"], kind="promotional", name="coupon")
    job.prepay(i["credits"])
    return one(job.bill(), ("subtotal", document(0, "net"), e["subtotal"]), ("tax", document(0, "tax"), e["tax"]),
               ("with tax", document(0, "total"), e["subtotal_incl"]), ("due", payable(), e["due"]))


@shape("lines", "line_coupon_on_first", "invoice_coupon", "wallet_credit", "tax_rate")
def coupons_before_tax(i, e):
    """A coupon of the document lowers what is taxed: a promotional credit before tax. The wallet is a payment."""
    percent = i["line_coupon_on_first"].removesuffix("%")
    job = costing(i["lines"], i["tax_rate"].removesuffix("%"), first={"discounts": [{"percent": percent}]})
    job.prepay(i["invoice_coupon"], "before_tax", kind="promotional")
    job.prepay(i["wallet_credit"])
    return one(job.bill(), ("subtotal", of_parts(0, "tier"), e["subtotal"]), ("taxable", document(0, "net"), e["taxable"]),
               ("tax", document(0, "tax"), e["tax"]), ("total", payable(), e["total"]))


@shape("credits", "charges")
def burn_order(i, e):
    """Soonest to expire first; the charges stand in the order of what they cost."""
    names = sorted(i["charges"], key=lambda name: -F(i["charges"][name]))
    job = costing([i["charges"][name] for name in names])
    first = min(credit["expires"] for credit in i["credits"])
    for credit in i["credits"]:
        year, month = (int(a) - int(b) for a, b in zip(credit["expires"].split("-"), first.split("-")))
        job.prepay(credit["amount"], "before_tax", expires=stamp(hours(12 * year + month + 1)),
                   charges=[f"c{names.index(service)}" for service in credit["services"]])

    def place(n):
        def read(outs):
            burns = outs[0]["documents"][0]["settlement"]["burns"]
            return F(i["credits"][int(burns[n]["credit"][1:])]["id"]), None
        return read
    order = [(f"place {n + 1}", place(n), id) for n, id in enumerate(e["order"])]
    return one(job.bill(), *order, *((f"{name} due", due(f"c{n}"), e[f"{name}_due"]) for n, name in enumerate(names)))


@shape("credit_price_usd", "rates", "usage")
def virtual_currency(i, e):
    """A credit has a price, a service a number of credits: a prepaid credit in money pays for all."""
    price = F(i["credit_price_usd"])
    job = Job()
    for n, (service, units) in enumerate(i["usage"].items()):
        job.report(units, f"m{n}")
        job.charge(f"m{n}", price=decimal(price * i["rates"][service]))
    job.prepay("100000", "before_tax")
    checks = [("billed", document(0, "net"), e["billed"])]
    for n, service in enumerate(i["usage"]):
        cost = of_lines(0, "charge", charge=f"c{n}")
        checks += [(f"cost of {service}", cost, e["effective_cost_usd"][service]),
                   (f"credits of {service}", lambda outs, cost=cost: (cost(outs)[0] / price, None), e["credits"][service])]
    return one(job.bill(), *checks)


@shape("credit_list_usd", "credit_contract_usd", "rates_list", "rates_contract", "usage")
def credits_at_a_discount(i, e):
    def priced(credit, rates):
        job = Job()
        for n, (service, units) in enumerate(i["usage"].items()):
            job.report(units, f"m{n}")
            job.charge(f"m{n}", price=decimal(F(credit) * rates[service]))
        job.prepay("100000", "before_tax")
        return job.bill()
    jobs = [priced(i["credit_contract_usd"], {**i["rates_list"], **i["rates_contract"]}),
            priced(i["credit_list_usd"], i["rates_list"])]
    return one(jobs, *((f"{what} of {service}", of_lines(0, "charge", charge=f"c{n}", job=at), e[what][service])
                       for at, what in enumerate(("effective", "list_cost")) for n, service in enumerate(i["usage"])))


# --------------------------------------------------------------------------------------- commitments


@shape("original", "events")
def drawdown(i, e):
    """A commitment's balance after each invoice."""
    job = Job()
    for n, amount in enumerate(i["events"]):
        job.report(-F(amount) * 100, hour=hours(n))
    job.charge(price="0.01")
    job.commit(12, amount=i["original"])

    def balance(n):
        def read(outs):
            interval = outs[0]["documents"][n]["settlement"]["commitments"][0]
            return F(interval["committed"]) - F(interval["used"]), None
        return read
    return one(job.bill(len(i["events"])), *((f"balance {n + 1}", balance(n), text) for n, text in enumerate(e["balances"])))


def hours_a_month(i, **terms):
    job = Job()
    for n, used in enumerate(i["monthly_hours"]):
        if used:
            job.run(used, hours(n), hours(n) + 1)
    job.charge("gpu_time", **terms)
    job.commit(12, amount=i["commitment"])
    return job.bill(12)


@shape("commitment", "discount", "list_rate", "rate", "monthly_hours")
def annual(i, e):
    assert F(i["list_rate"]) * (1 - F(i["discount"])) == F(i["rate"])
    job = hours_a_month(i, price=i["list_rate"], discounts=[{"percent": decimal(100 * F(i["discount"]))}])
    return one(job, *((f"month {n + 1}", document(n, "net"), text) for n, text in enumerate(e["monthly_billed"])),
               ("true-up", of_lines(11, "commitment"), e["final_true_up"]))


@shape("commitment", "monthly_minimum", "rate", "monthly_hours")
def annual_with_minimum(i, e):
    """The monthly minimum is the charge's, and counts for the year; what the last month is billed is all that is missing."""
    job = hours_a_month(i, price=i["rate"], minimum=i["monthly_minimum"])
    months = [(f"month {n + 1}", of_parts(n, "minimum"), e["months_4_to_11_shortfall_each"]) for n in range(3, 11)]
    return one(job, ("usage of month 1", of_parts(0, "tier"), e["month1_usage"]),
               ("shortfall of month 1", of_parts(0, "minimum"), e["month1_shortfall"]), ("month 2", document(1, "net"), e["month2"]),
               ("month 3", document(2, "net"), e["month3"]), *months, ("month 12", document(11, "net"), e["month12_true_up"]))


def bucket(i):
    begin, end = re.match(r"(\d\d:\d\d)-(\d\d:\d\d)", i["bucket"]).groups()
    job = Job()
    job.report(i["calls"], hour=int(i["window"][:2]))
    job.charge(price=i["price"])
    job.commit({"time_of_day": {"from": begin, "to": end}}, amount=i["commit"], every=False,
               **({"overage_factor": i["overage_factor"]} if "overage_factor" in i else {}))
    return job.bill()


@shape("bucket", "price", "commit", "overage_factor", "window", "calls")
def bucket_above(i, e):
    return one(bucket(i), ("charge", document(0, "net"), e["charge"]))


@shape("bucket", "price", "commit", "window", "calls")
def bucket_below(i, e):
    return one(bucket(i), ("usage", of_lines(0, "charge"), e["usage"]), ("true-up", of_lines(0, "commitment"), e["true_up"]),
               ("charge", document(0, "net"), e["charge"]))


# ------------------------------------------------------------------------------------ service levels


@shape("bands")
def service_level(i, e):
    """Of 100.00 charged, the percentage is the amount."""
    job = costing(["100"])
    bands = [{"below": re.match(r"<([\d.]+)", text)[1], "percent": re.match(r"\d+", percent)[0]} for text, percent in i["bands"]]
    measured = re.fullmatch(r"uptime_(\d+)_(\d+)", next(iter(e)))
    job.money["sla"] = [{"id": "s", "charges": ["c0"], "bands": bands,
                         "measured": [{"month": label(0), "availability": ".".join(measured.groups())}]}]
    return one(job.bill(2), ("credit", lambda outs: tuple(-x for x in of_lines(1, "sla")(outs)), e[measured[0]].removesuffix("%")))
