"""What a counter costs in one plan version, by charge model."""
from .calendar import window_price
from .numbers import F, floor, instant

BY_LOT = ("matrix", "time_of_use", "series")


def unit_of(charge):
    """Base units in a price unit, after an exact conversion."""
    convert = charge.get("convert", {})
    return F(charge["price_unit"]["divisor"]) * F(convert.get("divide", "1")) / F(convert.get("multiply", "1"))


def tiers_of(charge):
    """(up to, price, flat, price units in a block or None), borders in price units."""
    if charge["model"] == "per_unit":
        return [(None, F(charge["price"]), F(0), None)]
    if charge["model"] == "percentage":
        return [(None, F(charge["percent"]) / 100, F(0), None)]
    if charge["model"] == "package":
        return [(None, F(charge["price"]), F(0), F(charge["size"]))]
    return [(F(t["up_to"]) if "up_to" in t else None,
             F(t["percent"]) / 100 if "percent" in t else F(t.get("price", "0")),
             F(t.get("flat", "0")), F(t["block"]) if "block" in t else None) for t in charge["tiers"]]


def first_fee(charge):
    """Tier 1's, which is due when nothing is left to bill."""
    return tiers_of(charge)[0][2] if "tiers" in charge else F(0)


def _units_cost(charge, price, block, low, start, end, is_first):
    """Of the units (start, end] in a tier that begins at low: by the unit, or by the blocks that begin there.
    Nobody paid for a block that covered units have only begun."""
    unit = unit_of(charge)
    if block is None:
        return (end - start) / unit * price

    def count(units):
        blocks = units / (block * unit)
        return floor(blocks) if charge.get("round") == "down" else -floor(-blocks)
    return price * (count(end - low) - (floor((start - low) / (block * unit)) if is_first else count(start - low)))


def tiered(charge, before, units, total, covered):
    """Money of billed base units (before, before + units], of so many in the period; what is covered fills the
    tiers first, where it counts."""
    unit, begin = unit_of(charge), F(before + covered)
    end = begin + units
    if charge["model"] == "volume":
        price, flat, block = next(t[1:] for t in tiers_of(charge) if t[0] is None or total + covered <= t[0] * unit)
        return _units_cost(charge, price, block, 0, begin, end, before == 0) + (flat if before == 0 else 0)
    money, low = F(0), F(0)
    for up_to, price, flat, block in tiers_of(charge):
        high = end if up_to is None else up_to * unit
        start, stop = max(low, begin), min(high, end)
        if stop > start:
            money += _units_cost(charge, price, block, low, start, stop, before == 0)
            if before == 0 or begin <= low:
                money += flat
        if high >= end:
            break
        low = high
    return money


def _when(row, dimensions):
    return all(dimensions.get(name) == value for name, value in row.get("when", {}).items())


def price_of_lot(charge, zone, lot):
    """Per price unit, where the lot alone decides."""
    if charge["model"] == "matrix":
        for row in charge["rows"]:
            if _when(row, lot["dimensions"]):
                return F(row["price"])
        return F(charge["default"])
    if charge["model"] == "time_of_use":
        return window_price(charge, zone, lot["at"])
    steps = [s for s in charge["steps"] if instant(s["from"]) <= lot["at"] and _when(s, lot["dimensions"])]
    return F(max(steps, key=lambda s: instant(s["from"]))["price"])


def peak_cost(charge, units):
    """Of a peak in base units, its allowance taken off."""
    if "tiers" not in charge:
        return units / unit_of(charge) * F(charge["price"])
    for up_to, price, flat, _ in tiers_of(charge):
        if up_to is None or units <= up_to * unit_of(charge):
            return units / unit_of(charge) * price + flat
    raise ValueError("no tier holds the peak")
