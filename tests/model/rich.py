"""Random plans of every charge model and term, for laws.py: changes a job of differential.py."""
import copy

import differential

G = differential.G
SKUS = ["h100", "a100", "l4"]
COUNTED = {"where", "key_by", "line_by", "tax_category", "price_unit", "meter", "charge", "on_demand"}
amount = differential.amount


def some(r, chance, **members):
    return members if r.random() < chance else {}


def matrix(r, start, grid):
    skus = r.sample(SKUS, r.randrange(1, 4))
    return {"model": "matrix", "by": ["sku", "zone"], "default": amount(r, 5),
            "rows": [{"when": {"sku": s, **some(r, .4, zone="z1")}, "price": amount(r, 5)} for s in skus]}


def week(r, start, grid):
    clock = lambda: f"{r.randrange(24):02}:00"
    return {"model": "time_of_use", "default": amount(r, 5), **some(r, .3, holidays=["2026-02-11"]),
            "windows": [{"days": sorted(r.sample(range(1, 8), r.randrange(1, 8))), "from": clock(), "to": clock(),
                         "price": amount(r, 5)} for _ in range(r.randrange(1, 4))]}


def spot(r, start, grid):
    times = sorted({0} | {r.randrange(1, 24 * 28) for _ in range(r.randrange(4))})
    return {"model": "series", "steps": [{"from": differential.stamp(start + 3600 * t), "price": amount(r, 5)} for t in times]}


def peak(r, start, grid):
    return {"model": "peak", "price": amount(r, 5), **some(r, .4, free=amount(r, 2))}


def percentage(r, start, grid):
    if r.random() < .5:
        return {"model": "percentage", "percent": amount(r, 9)}
    return {"model": "graduated_percentage", "tiers": [{"up_to": f"{r.randrange(1, 200)}.5", "percent": "2", "flat": "1"}, {"percent": amount(r, 9)}]}


MODELS = [matrix, week, spot, peak, percentage]


def terms(r):
    """Discounts, a minimum and a maximum, some of them."""
    least = r.randrange(50)
    discounts = [{"percent": amount(r, 100)} if r.random() < .6 else {"fixed": amount(r, 20)} for _ in range(r.randrange(3))]
    return {**some(r, .3, minimum=str(least)), **some(r, .3, maximum=str(least + r.randrange(50))),
            **({"discounts": discounts} if discounts else {}), **some(r, .2, prorate=False)}


def counting(r):
    """How a counter counts."""
    return {**some(r, .2, counts_covered=True), **some(r, .2, per_window=True),
            **some(r, .2, convert={"divide": r.choice(["4", "2.5"]), "multiply": r.choice(["1", "3"])})}


def rich(r, job, start, grid=3600):
    """Every charge may have another model, and terms; some plans have a fee."""
    job = copy.deepcopy(job)
    for version in job["plans"]:
        charges = version["plan"]["charges"]
        for i, charge in enumerate(charges):
            if r.random() < .5:
                charge = {k: v for k, v in charge.items() if k in COUNTED} | r.choice(MODELS)(r, start, grid)
            charge.setdefault("on_demand", amount(r, 5))  # what spend plans compare with
            if charge["model"] != "peak":
                charge = charge | counting(r)
            charges[i] = charge | terms(r)
        if r.random() < .5:
            charges.append({"charge": "fee", "model": "flat", "price": amount(r, 100), "due": r.choice(["advance", "arrears"]),
                            **some(r, .3, quantity=amount(r, 4)), **some(r, .2, once=True), **terms(r)})
    if r.random() < .3:
        job["contract"]["discounts"] = [{"percent": amount(r, 30), **some(r, .5, **{"from": differential.stamp(start + 86400 * r.randrange(1, 27))})}]
    return job
