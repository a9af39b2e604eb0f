"""What the product says, against the model: one sentence for each difference."""
from .lots import line_of, NO_LINE
from .numbers import F, half_away

AS_SETTLED = "ac"  # a service level's and a credit's lines stand as they were settled, category after category
SHOWN = F(1, 10 ** 10)  # what an hour of a spend plan is shown to


def minor(text, exponent):
    n = F(text) * 10 ** exponent
    if n.denominator != 1:
        raise ValueError(f"amount '{text}' has more than {exponent} decimals")
    return int(n)


def line_key(l, payer):
    name = {"reservation": ("r", l["charge"]), "spend_plan": ("s", l["charge"]), "commitment": ("k", l["charge"]),
            "sla": ("a", l["charge"]), "credit": ("c", l["charge"])}.get(l["kind"]) or (l["plan"], l["charge"])
    by = l.get("line_by", {})
    line = line_of({"dimensions": {n: v for n, v in by.items() if v is not None}}, by)
    return name, l["tax_category"], F(l["rate"]), line, l.get("tenant", payer)


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
        mine, parts_of = F(base) / F(divisor), ("tier", "free")
    if F(line.get("quantity", "0")) != F(half_away(mine, 10), 10 ** 10):
        return f"quantity {line.get('quantity')}, recomputed {mine}"
    parts = [F(p["quantity"]) for p in line.get("parts", []) if p["kind"] in parts_of and "quantity" in p]
    if parts and sum(parts) != mine:
        return f"quantity of its parts {sum(parts)}, recomputed {mine}"
    return None


def compare_lines(model, lines, where):
    """One sentence for each amount, quantity or place that differs."""
    mine, quantities, exponent, order = model["lines"], model["quantities"], model["exponent"], model["order"]
    theirs, found = {}, []
    for l in lines:
        key = line_key(l, model["payer"])
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
    for member in {k[4] for k in theirs}:  # each has documents of its own
        known = [k for k in theirs if k[0] in order and k[4] == member]
        if known != sorted(known, key=lambda k: (order.index(k[0]), k[3], *(() if k[0][0] in AS_SETTLED else k[1:3]))):
            found.append(f"{where}s of {member}: not in the order of the conventions")
    return found


def compare(model, doc):
    """A rating (or an invoice without adjustments) against the model."""
    e = model["exponent"]
    found = compare_lines(model, doc["lines"], "line")
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


def compare_difference(mine, lines, where="difference"):
    return compare_lines(mine, lines, where)
