"""What is rounded before anything is priced: unit conversions of a counter, usage of an allocation."""
from .charges import phase_of
from .lots import line_of, matches
from .models import unit_of
from .numbers import F, floor


def rounded(x, mode):
    if mode == "up":
        return -floor(-x)
    return floor(x + F(1, 2)) if mode == "nearest" else floor(x)


def place(lots, delta):
    """An addition goes to the last window's greatest series; what is taken away, from there backwards."""
    for lot in sorted(lots, key=lambda l: (l["at"], l["key"]), reverse=True):
        step = delta if delta > 0 else -min(-delta, lot["q"])
        lot["q"] += step
        lot["left"] += step
        delta -= step
        if not delta:
            return


def groups(phases, lots, key):
    """Lots of a charge by what they are rounded together by, with the last window's version of it."""
    found = {}
    for lo, hi, charge in phases:
        for l in lots:
            if lo <= l["at"] < hi and matches(l, charge["meter"], charge.get("where", {})):
                found.setdefault(key(charge, l), []).append(l)
    for mine in found.values():
        yield mine, phases[phase_of(phases, max(l["at"] for l in mine))][2]


def convert(phases, lots):
    def counter(charge, l):
        return line_of(l, charge.get("key_by")), l["at"] if charge.get("per_window") else None

    for mine, charge in groups(phases, lots, counter):
        rule = charge.get("convert", {})
        if "round" in rule:
            units, scale = sum(l["q"] for l in mine) / unit_of(charge), 10 ** rule.get("decimals", 0)
            base = F(rounded(units * scale, rule["round"]), scale) * unit_of(charge)
            place(mine, int(base) - sum(l["q"] for l in mine))


def sessions(phases, lots):
    for mine, charge in groups(phases, lots, lambda charge, l: (l["tenant"], l["dimensions"].get("allocation"))):
        rule, used = charge.get("session"), sum(l["q"] for l in mine)
        if rule and used:
            increment = int(rule.get("increment", "1"))
            units = rounded(F(used, increment), rule.get("round", "up")) * increment
            place(mine, max(units, int(rule.get("minimum", "0"))) - used)


def round_usage(charges, lots):
    """Of all charges, in their order; what becomes nothing is gone."""
    for phases in charges.values():
        if "meter" in phases[0][2]:
            convert(phases, lots)
            sessions(phases, lots)
    return [l for l in lots if l["q"]]
