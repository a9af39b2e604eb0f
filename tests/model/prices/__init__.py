"""The prices again, from the conventions alone: fractions, no code of the product.

rate() prices a period's usage, difference() what became known later. compare() and compare_lines()
give one sentence for each amount or quantity of a rating that differs.
"""
from .calendar import whole_period
from .charges import rate_charge
from .compare import compare, compare_difference, compare_lines, line_key, minor, quantity_found
from .coverage import cover
from .lots import line_of, matches, net_windows, NO_LINE, payer_of, series_key
from .numbers import Amounts, EXPONENTS, F, FAR, floor, half_away, hamilton, instant, UTC
from .session import round_usage
from .spending import spend
from .tax import tax_rate, taxes_of


def rate(contract, plans, start, end, rows):
    """plans: {(id, version): plan}. Lines, charges, taxes and totals in minor units."""
    exponent = EXPONENTS.get(contract["currency"], 2)
    lots = net_windows(rows, start, end)
    versions = []
    for i, p in enumerate(contract["plans"]):
        lo, hi = max(instant(p["from"]), start), min(instant(p["to"], FAR), end)
        if lo < hi:
            versions.append((lo, hi, i, plans[p["plan"], p["version"]]))
    versions.sort(key=lambda v: v[:3])
    charges = {}
    for lo, hi, _, plan in versions:
        for c in plan["charges"]:
            charges.setdefault((plan["plan"], c["charge"]), []).append((lo, hi, c))
    lots = round_usage(charges, lots)
    amounts, quantities = Amounts(), {}
    coverage = cover(contract, versions, lots, start, end, amounts, quantities)
    bought, spent = spend(contract, versions, lots, charges, start, end, amounts, quantities)
    for name, phases in charges.items():
        mine = bought.get(name, {})
        rest = [{**lot, "left": lot["left"] - mine.get(place, 0)} for place, lot in enumerate(lots)]
        rate_charge(contract, name, phases, rest, start, end, amounts, quantities)
    rounded, lines = {}, {}
    for name, category, percent in {k[:3] for k in amounts}:
        of = {}
        for k in sorted((k for k in amounts if k[:3] == (name, category, percent)), key=lambda k: (k[4].encode(), k[3])):
            of.setdefault(k[4], []).append(k)
        exact = [sum(amounts[k] for k in keys) for keys in of.values()]
        total = half_away(sum(exact), exponent)
        rounded[name, category, percent] = total
        for share, keys in zip(hamilton(total, exact), of.values()):
            for k, part in zip(keys, hamilton(share, [amounts[k] for k in keys])):
                lines[k] = part
    nets = {}
    for (name, category, percent), net in rounded.items():
        nets[category, percent] = nets.get((category, percent), 0) + net
    taxes = taxes_of(contract, nets)
    order = [("r", r["id"]) for r in contract.get("reservations", [])] + [("s", s["id"]) for s in contract.get("spend_plans", [])]
    return {"exponent": exponent, "payer": payer_of(contract), "lines": lines, "charges": rounded, "taxes": taxes, "coverage": coverage, "spent": spent,
            "quantities": quantities, "pieces": amounts.pieces, "order": list(charges) + order}


def share_of(contract, rating, member):
    """What of a pool's rating a member's document states; its tax is its own."""
    mine = {k: v for k, v in rating["lines"].items() if k[4] == member}
    charges, nets = {}, {}
    for key, amount in mine.items():
        charges[key[:3]] = charges.get(key[:3], 0) + amount
        nets[key[1:3]] = nets.get(key[1:3], 0) + amount
    return {**rating, "payer": member, "lines": mine, "charges": charges, "taxes": taxes_of(contract, nets)}


def difference(now, then):
    """Amounts, quantities and order of the lines that a change of what is known makes."""
    return late_usage(then, [(now["payer"], now)])


def late_usage(then, steps):
    """The same of several tenants, each with what is known with its usage too: the step is its difference."""
    deltas, quantities = {}, {}
    before = then
    for member, now in steps:
        for rating, sign in ((now, 1), (before, -1)):
            for key, amount in rating["charges"].items():
                line = key + (NO_LINE, member)
                deltas[line] = deltas.get(line, 0) + sign * amount
            for key, by_divisor in rating["quantities"].items():
                mine = quantities.setdefault(key[:3] + (NO_LINE, member), {})
                for divisor, units in by_divisor.items():
                    mine[divisor] = mine.get(divisor, 0) + sign * units
        before = now
    return {"lines": {k: v for k, v in deltas.items() if v}, "quantities": quantities, "order": before["order"],
            "payer": before["payer"], "exponent": before["exponent"]}


