"""What is read from an answer of rate_events, and how it is compared with what a case prints.

A reading is a function of a case's answers, one for each of its jobs; it gives the exact value, and
what the document bills for it where that is one amount.
"""
from fractions import Fraction as F
from math import floor


def half_away(value, decimals):
    scaled = floor(abs(value) * 10 ** decimals + F(1, 2))
    return F(scaled, 10 ** decimals) * (1 if value >= 0 else -1)


def net(job=0):
    return lambda outs: (sum((F(c["exact"]) for c in outs[job]["charges"]), F(0)), F(outs[job]["net"]))


def total(outs):
    return F(outs[0]["total"]), F(outs[0]["total"])


def charge(name, job=0):
    def read(outs):
        found = [c for c in outs[job]["charges"] if c["charge"] == name]
        return sum((F(c["exact"]) for c in found), F(0)), sum((F(c["amount"]) for c in found), F(0))
    return read


def tier(number, charge_name="c0"):
    """What a tier of a charge costs, its fee with it."""
    def read(outs):
        lines = [line for line in outs[0]["lines"] if line["charge"] == charge_name]
        parts = [p for line in lines for p in line["parts"] if p["why"].get("tier") == number]
        return sum((F(p["amount"]) for p in parts), F(0)), None
    return read


def change(read, before, after):
    """What a reading of one job is more than that of another."""
    def step(outs):
        values = [read(job)(outs) for job in (after, before)]
        return values[0][0] - values[1][0], values[0][1] - values[1][1]
    return step


def document(member):
    """A sum of a job's document: net, tax or total."""
    def of(job=0):
        return lambda outs: (F(outs[job][member]), F(outs[job][member]))
    return of


def rounded_change(before, after):
    """The same of two readings, each rounded to cents."""
    def step(outs):
        return half_away(after(outs)[0], 2) - half_away(before(outs)[0], 2), None
    return step


def over(jobs):
    """The exact amounts of some jobs together."""
    return lambda outs: (sum((net(job)(outs)[0] for job in jobs), F(0)), None)


def ratio(job, other):
    return lambda outs: (net(job)(outs)[0] / net(other)(outs)[0], None)


def tax(category, member):
    """The document's net or tax of a category."""
    def read(outs):
        value = sum((F(t[member]) for t in outs[0]["taxes"] if t["category"] == category), F(0))
        return value, value
    return read


def parts(kind):
    """The exact amounts of all parts of a kind."""
    def read(outs):
        found = [p for line in outs[0]["lines"] for p in line["parts"] if p["kind"] == kind]
        return sum((F(p["why"]["exact"]) for p in found), F(0)), None
    return read


def without_minimum(outs):
    """What is billed before the period's end, when the minimum is not due yet."""
    parts = [p for line in outs[0]["lines"] for p in line["parts"] if p["kind"] != "minimum"]
    return sum((F(p["why"]["exact"]) for p in parts), F(0)), None


def difference(outs):
    amount = sum((F(line["amount"]) for line in outs[0]["difference"]["lines"]), F(0))
    return amount, amount


def reservation(member, job=0):
    """covered, unused or overage, in unit-hours."""
    return lambda outs: (F(outs[job]["reservations"][0][member]) / 3600, None)


def spent(member, plan=0, job=0):
    """Of a spend plan's money: capacity, covered, unused or overage."""
    return lambda outs: (F(outs[job]["spend_plans"][plan][member]), None)


def whole_term(outs):
    """The exact amounts of several periods together."""
    return sum((F(c["exact"]) for out in outs for c in out["charges"]), F(0)), None


def about(reading, decimals):
    """A quantity that is printed rounded to fewer decimals than the currency has."""
    return lambda outs: (half_away(reading(outs)[0], decimals), None)


def minus(reading):
    return lambda outs: (-reading(outs)[0], None)


def plus(*readings):
    return lambda outs: (sum((read(outs)[0] for read in readings), F(0)), None)


def less(used, reading):
    """What is left of so much."""
    return lambda outs: (F(used) - reading(outs)[0], None)


def less_billed(billed, reading):
    """What is billed on top of so much."""
    def read(outs):
        value, amount = reading(outs)
        return value - F(billed), None if amount is None else amount - F(billed)
    return read


def part_of(used, reading):
    return lambda outs: (reading(outs)[0] / F(used), None)


def differs(value, billed, expected, exponent):
    """None, or what is there instead of the expected: compared as billed where that has the decimals
    that are printed, else exactly, rounded to what is printed, never to less than the currency."""
    decimals = len(expected.partition(".")[2])
    if billed is None or decimals > exponent:
        billed = half_away(value, max(decimals, exponent))
    return None if billed == F(expected) else billed
