"""Reservations: what they cover, what they cost."""
from .lots import matches, member_of, NO_LINE, payer_of
from .numbers import F, floor, hamilton, instant
from .tax import tax_rate


def cover(contract, versions, lots, start, end, amounts, quantities):
    """Takes reservations' cover from the lots; adds their cost. Returns (capacity, covered) by id."""
    order = {"zone": 8, "sku": 4, "region": 2, "family": 1}

    def turn(r):
        bits = sum(order.get(k, 0) for k in r["where"])
        price = (F(r.get("rate", "0")) + F(r.get("usage_rate", "0"))) / F(r.get("size", "1"))
        return (-bits, price, r["id"])

    borders = sorted({t for v in versions for t in (v[0], v[1])})
    result = {}
    for r in sorted(contract.get("reservations", []), key=turn):
        lo, hi = max(instant(r["from"]), start), min(instant(r["to"]), end)
        if lo >= hi:
            continue
        where = {k: v for k, v in r["where"].items() if k != "meter"}
        size = F(r.get("size", "1"))

        def factor(lot):
            for f in r.get("factors", []):
                if matches(lot, r["where"]["meter"], f["where"]):
                    return F(f["factor"])
            return size

        kind = r.get("kind")
        if kind == "throughput":
            where = {**where, "capacity": ["provisioned"]}
        owner = r.get("owner", payer_of(contract))

        def others(lot):
            """Its owner's usage is covered first, then that of those it is shared with."""
            return "pool" in contract and member_of(contract, lot) != owner

        mine = [l for l in lots if matches(l, r["where"]["meter"], where) and (r.get("shared") or not others(l))]
        hours = {}
        for l in mine:
            hours.setdefault(l["at"] // 3600, []).append(l)
        category = r.get("tax_category", "standard")

        def add(at, money, hours=F(0)):
            key = (("r", r["id"]), category, tax_rate(contract, category, at), NO_LINE, payer_of(contract))
            amounts.put(key, at, money)
            quantities.setdefault(key, {"": F(0)})[""] += hours

        if instant(r["from"]) >= start:
            term = F(r["units"]) * (instant(r["to"]) - instant(r["from"])) / 3600 if kind == "block" else F(0)
            add(lo, F(r.get("upfront", "0")) + term * F(r.get("price", "0")), term)
        at, capacity_sum, covered_sum = lo, F(0), F(0)
        while at < hi:
            nxt = min([hi, (at // 3600 + 1) * 3600] + [b for b in borders if b > at])
            capacity = room = F(r["units"]) * size * (nxt - at)
            cell = [l for l in hours.get(at // 3600, []) if at <= l["at"] < nxt]
            if kind == "throughput":
                covered_sum += sum(l["left"] for l in cell)
                for l in cell:
                    l["left"] = 0
                add(at, F(r["units"]) * (nxt - at) / 3600 * F(r["rate"]), F(r["units"]) * (nxt - at) / 3600)
                at = nxt
                continue
            for sharer, f in sorted({(others(l), factor(l)) for l in cell}):
                group = sorted((l for l in cell if (others(l), factor(l)) == (sharer, f)), key=lambda l: (l["key"], l["at"]))
                unit = 10 ** group[0]["scale"]
                use = sum(l["left"] for l in group)
                take = min(use, floor(room * unit / f))
                keys = sorted({l["key"] for l in group})
                by_series = [[l for l in group if l["key"] == k] for k in keys]
                shares = hamilton(take, [sum(l["left"] for l in s) for s in by_series])
                for share, s in zip(shares, by_series):
                    for part, l in zip(hamilton(share, [l["left"] for l in s]), s):
                        l["left"] -= part
                room -= take * f / unit
            hours_paid = F(r["units"]) * (nxt - at) / 3600 if kind != "block" else F(0)
            add(at, hours_paid * F(r.get("rate", "0")), hours_paid)
            add(at, (capacity - room) / size / 3600 * F(r.get("usage_rate", "0")))
            capacity_sum += capacity
            covered_sum += capacity - room
            at = nxt
        result[r["id"]] = (capacity_sum, covered_sum)
    return result
