"""Spend plans: what an hourly amount buys, after reservations."""
from .lots import matches, NO_LINE, payer_of
from .models import unit_of
from .numbers import F, FAR, floor, hamilton, instant
from .tax import tax_rate


def on_demand_price(charge):
    """What a base unit costs by itself; None where that depends on the total."""
    text = charge.get("on_demand", charge["price"] if charge["model"] == "per_unit" else None)
    return None if text is None else F(text) / unit_of(charge)


def plan_price(plan, charge, row, own):
    """What a base unit costs under a spend plan; None where the plan does not buy it."""
    where = {k: v for k, v in plan.get("where", {}).items() if k != "meter"}
    meter = plan.get("where", {}).get("meter", row["meter"])
    if not matches(row, meter, where) or charge["charge"] not in plan.get("charges", [charge["charge"]]) or not own:
        return None
    for rate in plan.get("rates", []):
        if rate["charge"] == charge["charge"] and matches(row, row["meter"], rate.get("where", {})):
            return F(rate["price"]) / unit_of(charge)
    return own * (1 - F(plan["discount"]) / 100) if "discount" in plan else None


def breadth(plan):
    """Narrow first: zone, SKU, region, family; then one meter; then fewer charges."""
    where = plan.get("where", {})
    bits = [name not in where for name in ("zone", "sku", "region", "family", "meter")]
    charges = plan.get("charges") or ([] if "discount" in plan else sorted({r["charge"] for r in plan.get("rates", [])}))
    return bits, len(charges) or FAR, plan["id"]


def spend(contract, versions, lots, charges, start, end, amounts, quantities):
    """What spend plans buy: {charge: {lot's place: base units}}, and the plans' money by id."""
    bought, result = {}, {}
    borders = {t for v in versions for t in v[:2]}
    for plan in sorted(contract.get("spend_plans", []), key=breadth):
        lo, hi = max(instant(plan["from"]), start), min(instant(plan["to"]), end)
        if lo >= hi:
            continue
        category, per_hour, share = plan.get("tax_category", "standard"), F(plan["per_hour"]), F(plan.get("rate_share", "1"))
        own_money = plan.get("basis") == "on_demand"
        fee = per_hour * share * (1 - F(plan["discount"]) / 100 if own_money else 1)

        def add(at, money, hours):
            key = (("s", plan["id"]), category, tax_rate(contract, category, at), NO_LINE, payer_of(contract))
            amounts.put(key, at, money)
            quantities.setdefault(key, {"": F(0)})[""] += hours

        if instant(plan["from"]) >= start:
            add(lo, F(plan.get("upfront", "0")), 0)
        edges = sorted({lo, hi} | {b for b in borders if lo < b < hi} | set(range(lo // 3600 * 3600 + 3600, hi, 3600)))
        cells = {}
        for place, lot in enumerate(lots):
            for n, (name, phases) in enumerate(charges.items()):
                for first, last, charge in phases:
                    if "meter" not in charge:
                        continue
                    if not (first <= lot["at"] < last and lo <= lot["at"] < hi) or not matches(lot, charge["meter"], charge.get("where", {})):
                        continue
                    own = on_demand_price(charge)
                    price = plan_price(plan, charge, lot, own)
                    if price is not None:
                        cell = max(e for e in edges if e <= lot["at"])
                        cells.setdefault(cell, {}).setdefault((price / own, price, lot["key"], n), []).append((place, name, own))
        paid = used = F(0)
        for a, b in zip(edges, edges[1:]):
            room = per_hour * (b - a) / 3600
            add(a, fee * (b - a) / 3600, F(b - a, 3600))
            paid += room
            used += room
            for (_, price, _, _), group in sorted(cells.get(a, {}).items()):
                left = [lots[place]["left"] - bought.get(name, {}).get(place, 0) for place, name, _ in group]
                money = group[0][2] if own_money else price
                take = sum(left) if money == 0 else min(sum(left), floor(room / money))
                room -= take * money
                for (place, name, _), units in zip(group, hamilton(take, left)):
                    mine = bought.setdefault(name, {})
                    mine[place] = mine.get(place, 0) + units
            used -= room
        result[plan["id"]] = (paid, used)
    return bought, result
