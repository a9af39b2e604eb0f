"""Tax: the rates in force, and what they take, once per document."""
from .numbers import F, FAR, half_away, instant


def rates_at(contract, category, at):
    """{name: percent} of a category at an instant; several taxes have one base and do not compound."""
    newest = {}
    for t in contract["tax"]["profile"]:
        start = instant(t.get("from"), -FAR)
        if t["category"] == category and start <= at:
            name = t.get("name", "")
            if name not in newest or start > newest[name][0]:
                newest[name] = (start, F(t["rate"]))
    return {name: rate for name, (_, rate) in newest.items()}


def tax_rate(contract, category, at):
    """What tells the amounts of a category apart: the sum of its taxes' rates."""
    return sum(rates_at(contract, category, at).values(), F(0))


def taxes_of(contract, nets):
    """{(category, rate): (net, tax)} of nets by (category, summed rate): each tax rounded on the whole net."""
    found = {}
    for (category, percent), net in nets.items():
        singles = [F(t["rate"]) for t in contract["tax"]["profile"] if t["category"] == category]
        names = {t.get("name", "") for t in contract["tax"]["profile"] if t["category"] == category}
        parts = [percent] if len(names) == 1 else _parts(contract, category, percent) or singles
        found[category, percent] = (net, sum(half_away(net * rate / 100) for rate in parts))
    return found


def _parts(contract, category, percent):
    """The taxes that made up a sum: those in force at one of the instants at which rates begin."""
    starts = {instant(t.get("from"), -FAR) for t in contract["tax"]["profile"] if t["category"] == category}
    for at in sorted(starts):
        rates = rates_at(contract, category, at)
        if sum(rates.values(), F(0)) == percent:
            return list(rates.values())
    return None
