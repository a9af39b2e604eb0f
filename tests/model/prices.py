"""The prices again, from the conventions alone: fractions, no code of the product.

rate() prices a period's usage, difference() what became known later. compare() and compare_lines()
give one sentence for each amount or quantity of a rating that differs.
"""
import datetime
from fractions import Fraction as F
from math import floor

import capacity

UTC = datetime.timezone.utc


def instant(text, default=None):
    if text is None:
        return default
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


EXPONENTS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}
FAR = 10 ** 12
SHOWN = F(1, 10 ** 10)  # what an hour of a spend plan is shown to


def half_away(x, decimals=0):
    scaled = abs(F(x)) * 10 ** decimals
    n = floor(scaled + F(1, 2))
    return -n if x < 0 else n


def hamilton(total, weights):
    """Whole shares of a whole total; ties to the first."""
    weight = sum(weights)
    if total == 0 or weight == 0:
        return [0] * len(weights)
    quotas = [F(total) * w / weight for w in weights]
    shares = [floor(q) for q in quotas]
    order = sorted(range(len(weights)), key=lambda i: (-(quotas[i] - shares[i]), i))
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    return shares


def series_key(row):
    d = row["dimensions"]
    return (row["meter"].encode(), tuple(sorted((k.encode(), v.encode()) for k, v in d.items())))


def matches(row, meter, where):
    return row["meter"] == meter and all(row["dimensions"].get(k) in v for k, v in where.items())


def values(row, names):
    """Sorted names with values, a missing one first."""
    return tuple((n in row["dimensions"], row["dimensions"].get(n, "").encode()) for n in sorted(names or []))


def line_of(row, names):
    """A line, or a counter: its values, then the names that they are of (versions may differ in these)."""
    return values(row, names), tuple(sorted(names or []))


NO_LINE = ((), ())


def tax_rate(contract, category, at):
    best = None
    for t in contract["tax"]["profile"]:
        start = instant(t.get("from"), -FAR)
        if t["category"] == category and start <= at and (best is None or start > best[0]):
            best = (start, F(t["rate"]))
    return best[1]


def net_windows(rows, start, end):
    sums = {}
    for r in rows:
        key = (series_key(r), instant(r["from"]), r["length_seconds"])
        if key not in sums:
            sums[key] = [r, 0]
        sums[key][1] += int(r["quantity"])
    out = []
    for key in sorted(sums):
        row, q = sums[key]
        assert q >= 0 and start <= key[1] and key[1] + key[2] <= end, (key, q)
        if q:
            out.append({"meter": row["meter"], "dimensions": row["dimensions"], "scale": row["scale"], "key": key[0],
                        "at": key[1], "q": q, "left": q})
    return out


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
        mine = [l for l in lots if matches(l, r["where"]["meter"], where)]
        hours = {}
        for l in mine:
            hours.setdefault(l["at"] // 3600, []).append(l)
        category = r.get("tax_category", "standard")

        def add(at, money, hours=F(0)):
            key = (("r", r["id"]), category, tax_rate(contract, category, at), NO_LINE)
            amounts[key] = amounts.get(key, F(0)) + money
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
            for f in sorted({factor(l) for l in cell}):
                group = sorted((l for l in cell if factor(l) == f), key=lambda l: (l["key"], l["at"]))
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


def tiers_of(charge):
    """(up to, price, flat, price units in a block or None), borders in price units."""
    if charge["model"] == "per_unit":
        return [(None, F(charge["price"]), F(0), None)]
    if charge["model"] == "package":
        return [(None, F(charge["price"]), F(0), F(charge["size"]))]
    return [(F(t["up_to"]) if "up_to" in t else None, F(t["price"]), F(t.get("flat", "0")), F(t["block"]) if "block" in t else None)
            for t in charge["tiers"]]


def units_cost(charge, unit_price, block, low, start, end):
    """Of the units (start, end] in a tier that begins at low: by the unit, or by the blocks that begin there."""
    divisor = int(charge["price_unit"]["divisor"])
    if block is None:
        return (end - start) / F(divisor) * unit_price
    down = charge.get("round") == "down"

    def count(units):
        blocks = units / (block * divisor)
        return floor(blocks) if down else -floor(-blocks)
    return unit_price * (count(end - low) - count(start - low))


def price(charge, before, units, total):
    """Money of billed base units (before, before + units], of so many in the period."""
    divisor = int(charge["price_unit"]["divisor"])
    end = F(before + units)
    if charge["model"] == "volume":
        unit_price, flat, block = next(t[1:] for t in tiers_of(charge) if t[0] is None or total <= t[0] * divisor)
        return units_cost(charge, unit_price, block, 0, F(before), end) + (flat if before == 0 else 0)
    money, low = F(0), F(0)
    for up_to, unit_price, flat, block in tiers_of(charge):
        high = end if up_to is None else up_to * divisor
        start, stop = max(low, F(before)), min(high, end)
        if stop > start:
            money += units_cost(charge, unit_price, block, low, start, stop)
            if before <= low:
                money += flat
        if high >= end:
            break
        low = high
    return money


def after_allowance(phases, counter):
    """Each phase with what coverage left in it, what of that is free, and what is billed in all phases."""
    out, seen = [], 0
    for p, (lo, hi, charge) in enumerate(phases):
        left = sum(l["left"] for l in counter.get(p, []))
        grant = floor(F(charge.get("free", "0")) * int(charge["price_unit"]["divisor"])) - seen
        out.append((lo, hi, charge, left, min(left, max(0, grant))))
        seen += left
    total = sum(left - free for *_, left, free in out)
    return [(*phase, total) for phase in out]


def rate_charge(contract, name, phases, lots, end, amounts, quantities):
    """phases: (from, to, charge) in time order. Adds exact money by (charge, category, rate, line)."""
    counters = {}
    divisors = {c["price_unit"]["divisor"] for _, _, c in phases}
    for p, (lo, hi, charge) in enumerate(phases):
        for l in lots:
            if lo <= l["at"] < hi and matches(l, charge["meter"], charge.get("where", {})):
                key = line_of(l, charge.get("key_by"))
                counters.setdefault(key, {}).setdefault(p, []).append(l)
    if not phases[-1][2].get("key_by"):
        counters.setdefault(NO_LINE, {})
    last = phases[-1][2]

    def add(charge, line, at, money, units=0):
        category = charge.get("tax_category", "standard")
        key = (name, category, tax_rate(contract, category, at), line)
        amounts[key] = amounts.get(key, F(0)) + money
        quantities.setdefault(key, {d: 0 for d in divisors})[charge["price_unit"]["divisor"]] += units

    for key in sorted(counters):
        moved = 0
        for p, (lo, hi, charge, left, free, total) in enumerate(after_allowance(phases, counters[key])):
            use = sorted(counters[key].get(p, []), key=lambda l: (l["key"], l["at"]))
            for l in use:
                add(charge, line_of(l, charge.get("line_by")), l["at"], 0, l["left"])
            keys = sorted({l["key"] for l in use})
            by_series = [[l for l in use if l["key"] == k] for k in keys]
            billed = []
            for share, s in zip(hamilton(free, [sum(l["left"] for l in s) for s in by_series]), by_series):
                for part, l in zip(hamilton(share, [l["left"] for l in s]), s):
                    billed.append((l, l["left"] - part))
            units = left - free
            if units > 0:
                money = price(charge, moved, units, total)
                for l, b in billed:
                    add(charge, line_of(l, charge.get("line_by")), l["at"], money * b / units)
            moved += units
        if moved == 0 and last.get("flat_at_zero", True):
            flat = tiers_of(last)[0][2]
            use = [l for ls in counters[key].values() for l in ls]
            field = "left" if any(l["left"] for l in use) else "q"
            total = sum(l[field] for l in use)
            for l in use:
                owner = next(c for lo, hi, c in phases if lo <= l["at"] < hi)
                if l[field]:
                    add(last, line_of(l, owner.get("line_by")), end - 1, flat * l[field] / total)
            if not use:
                add(last, line_of({"dimensions": {}}, last.get("line_by")), end - 1, flat)


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
    amounts, quantities = {}, {}
    coverage = cover(contract, versions, lots, start, end, amounts, quantities)
    charges = {}
    for lo, hi, _, plan in versions:
        for c in plan["charges"]:
            charges.setdefault((plan["plan"], c["charge"]), []).append((lo, hi, c))
    bought, spent = capacity.spend(contract, versions, lots, charges, start, end, amounts, quantities)
    for name, phases in charges.items():
        mine = bought.get(name, {})
        rest = [{**lot, "left": lot["left"] - mine.get(place, 0)} for place, lot in enumerate(lots)]
        rate_charge(contract, name, phases, rest, end, amounts, quantities)
    rounded, lines = {}, {}
    for name, category, percent in {k[:3] for k in amounts}:
        keys = sorted((k for k in amounts if k[:3] == (name, category, percent)), key=lambda k: k[3])
        exact = [amounts[k] for k in keys]
        total = half_away(sum(exact), exponent)
        rounded[name, category, percent] = total
        for k, share in zip(keys, hamilton(total, exact)):
            lines[k] = share
    nets = {}
    for (name, category, percent), net in rounded.items():
        nets[category, percent] = nets.get((category, percent), 0) + net
    taxes = {k: (net, half_away(net * k[1] / 100)) for k, net in nets.items()}
    order = [("r", r["id"]) for r in contract.get("reservations", [])] + [("s", s["id"]) for s in contract.get("spend_plans", [])]
    return {"exponent": exponent, "lines": lines, "charges": rounded, "taxes": taxes, "coverage": coverage, "spent": spent,
            "quantities": quantities, "order": list(charges) + order}


def minor(text, exponent):
    n = F(text) * 10 ** exponent
    if n.denominator != 1:
        raise ValueError(f"amount '{text}' has more than {exponent} decimals")
    return int(n)


def line_key(l):
    name = {"reservation": ("r", l["charge"]), "spend_plan": ("s", l["charge"])}.get(l["kind"]) or (l["plan"], l["charge"])
    by = l.get("line_by", {})
    line = line_of({"dimensions": {n: v for n, v in by.items() if v is not None}}, by)
    return name, l["tax_category"], F(l["rate"]), line


def quantity_found(line, by_divisor):
    """What is wrong with a line's quantity, by the model's base units for each divisor."""
    if line["kind"] != "charge":
        mine, parts_of = by_divisor.get("", F(0)), ("capacity", "upfront")
    else:
        base = sum(by_divisor.values())
        if int(line["base_quantity"]) != base:
            return f"base quantity {line['base_quantity']}, recomputed {base}"
        if len(by_divisor) != 1:
            return None  # its price unit changed inside the period
        divisor, = by_divisor
        mine, parts_of = F(base) / int(divisor), ("tier", "free")
    if F(line.get("quantity", "0")) != F(half_away(mine, 10), 10 ** 10):
        return f"quantity {line.get('quantity')}, recomputed {mine}"
    parts = [F(p["quantity"]) for p in line.get("parts", []) if p["kind"] in parts_of and "quantity" in p]
    if parts and sum(parts) != mine:
        return f"quantity of its parts {sum(parts)}, recomputed {mine}"
    return None


def compare_lines(mine, lines, exponent, where, quantities, order):
    """One sentence for each amount, quantity or place that differs."""
    theirs, found = {}, []
    for l in lines:
        key = line_key(l)
        if key in theirs:
            found.append(f"{where} {key}: twice")
        theirs[key] = minor(l["amount"], exponent)
        wrong = quantity_found(l, quantities.get(key, {}))
        if wrong:
            found.append(f"{where} {key}: {wrong}")
        parts = sum(minor(p["amount"], 10) for p in l.get("parts", []))
        if l.get("parts") and parts != minor(l["amount"], 10):
            found.append(f"{where} {l['charge']}: parts sum to {parts}, line is {l['amount']}")
    for key in sorted(set(mine) | set(theirs), key=repr):
        if mine.get(key, 0) != theirs.get(key, 0):
            found.append(f"{where} {key}: {theirs.get(key, 0)} minor units, recomputed {mine.get(key, 0)}")
    known = [k for k in theirs if k[0] in order]
    if known != sorted(known, key=lambda k: (order.index(k[0]), k[3], k[1], k[2])):
        found.append(f"{where}s: not in the order of the conventions")
    return found


def compare(model, doc):
    """A rating (or an invoice without adjustments) against the model."""
    e = model["exponent"]
    found = compare_lines(model["lines"], doc["lines"], e, "line", model["quantities"], model["order"])
    theirs = {(t["category"], F(t["rate"])): (minor(t["net"], e), minor(t["tax"], e)) for t in doc["taxes"]}
    for key in sorted(set(model["taxes"]) | set(theirs)):
        a, b = model["taxes"].get(key, (0, 0)), theirs.get(key, (0, 0))
        if a != b:
            found.append(f"tax {key}: net and tax {b}, recomputed {a}")
    net = sum(n for n, _ in model["taxes"].values())
    tax = sum(t for _, t in model["taxes"].values())
    for name, value in (("net", net), ("tax", tax), ("total", net + tax)):
        if minor(doc[name], e) != value:
            found.append(f"{name}: {doc[name]}, recomputed {value} minor units")
    for r in doc.get("reservations", []):
        capacity, covered = model["coverage"][r["id"]]
        if F(r.get("capacity", "0")) != capacity or F(r["covered"]) != covered or F(r.get("unused", -covered)) != capacity - covered:
            found.append(f"reservation {r['id']}: covered {r['covered']}, recomputed {covered}")
    for s in doc.get("spend_plans", []):
        paid, used = model["spent"][s["id"]]
        if abs(F(s["capacity"]) - paid) > SHOWN * len(s["coverage"]) or abs(F(s["covered"]) - used) > SHOWN * len(s["coverage"]):
            found.append(f"spend plan {s['id']}: used {s['covered']} of {s['capacity']}, recomputed {used} of {paid}")
    return found


def difference(now, then):
    """Amounts, quantities and order of the lines that a change of what is known makes."""
    keys = set(now["charges"]) | set(then["charges"])
    deltas = {k + (NO_LINE,): now["charges"].get(k, 0) - then["charges"].get(k, 0) for k in keys}
    quantities = {}
    for rating, sign in ((now, 1), (then, -1)):
        for key, by_divisor in rating["quantities"].items():
            mine = quantities.setdefault(key[:3] + (NO_LINE,), {})
            for divisor, units in by_divisor.items():
                mine[divisor] = mine.get(divisor, 0) + sign * units
    return {"lines": {k: v for k, v in deltas.items() if v}, "quantities": quantities, "order": now["order"],
            "exponent": now["exponent"]}


def compare_difference(mine, lines, where="difference"):
    return compare_lines(mine["lines"], lines, mine["exponent"], where, mine["quantities"], mine["order"])
