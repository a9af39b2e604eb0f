#!/usr/bin/env python3
"""Random plans and usage, rated by the product (rate_json) and by the model (prices/).

    differential.py [COUNT [SEED]]

Prints each difference and exits 1 on any.
"""
import datetime, json, os, random, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import prices
from product import rated

G = 3600 * 10 ** 6


def amount(r, top, decimals=4):
    d = r.randrange(decimals + 1)
    n = r.randrange(top * 10 ** d)
    return f"{n // 10 ** d}.{n % 10 ** d:0{d}d}" if d else str(n)


ZONES = {"UTC": 3600, "Asia/Kolkata": 1800, "Asia/Kathmandu": 900, "Europe/Berlin": 3600, "America/New_York": 3600}
TIERED = ["graduated", "volume", "graduated_percentage"]
PLAIN = ["per_unit", "package", "graduated", "volume"]
COUNTED = ["per_unit", "per_unit", "package", "percentage", "matrix", "time_of_use", "series"] + TIERED * 3


def tiers(r, model, top):
    borders = sorted({r.randrange(1, top) for _ in range(r.randrange(4))})
    price = "percent" if model == "graduated_percentage" else "price"
    found = [{"up_to": f"{b}.{r.randrange(10)}", price: amount(r, 5)} for b in borders] + [{price: amount(r, 5)}]
    for t in found:
        if r.random() < .3:
            t["flat"] = amount(r, 20, 3)
        if r.random() < .2 and model in ("graduated", "volume"):
            t["block"] = f"{r.randrange(1, top // 5)}.{r.randrange(10)}"
    return found


def clock(r, grid):
    return f"{r.randrange(24):02d}:{r.choice(['00', '30'] if grid < 3600 else ['00'])}"


def members(r, model, top, cuts, grid=3600):
    """What a model has of its own."""
    if model in ("per_unit", "package"):
        own = {"price": amount(r, 5, 6)}
        return own if model == "per_unit" else {**own, "size": f"{r.randrange(1, top)}.{r.randrange(10)}", "round": r.choice(["up", "down"])}
    if model == "percentage":
        return {"percent": amount(r, 30, 5)}
    if model in TIERED:
        return {"tiers": tiers(r, model, top)}
    if model == "matrix":
        rows = [{"when": w, "price": amount(r, 5)} for w in
                ({"sku": "h100", "project": "a"}, {"sku": "h100"}, {"sku": "a100", "project": "b"}, {"project": "ü"}) if r.random() < .7]
        return {"by": ["project", "sku"], "rows": rows or [{"when": {"sku": "l4"}, "price": "1"}], "default": amount(r, 5)}
    if model == "time_of_use":
        windows = [{"days": sorted(r.sample(range(1, 8), r.randrange(1, 8))), "from": clock(r, grid), "to": clock(r, grid),
                    "price": amount(r, 5)} for _ in range(r.randrange(1, 4))]
        return {"windows": windows, "default": amount(r, 5), "holidays": [f"2026-0{r.choice([2, 3])}-{r.randrange(1, 29):02d}"]}
    steps = sorted({cuts() for _ in range(r.randrange(4))})
    return {"steps": [{"from": "2026-01-01T00:00:00Z", "price": amount(r, 5)}] + [{"from": stamp(t), "price": amount(r, 5)} for t in steps]}


def terms_of_money(r, c, shape):
    """Discounts of a shape, minimum, maximum."""
    if shape and r.random() < .8:
        c["discounts"] = [{"percent": amount(r, 60)} if kind == "p" else {"fixed": amount(r, 30, 2)} for kind in shape]
    bounds = sorted((amount(r, 60, 2) for _ in range(2)), key=prices.F)
    for bound, text in zip(("minimum", "maximum"), bounds):
        if r.random() < .2:
            c[bound] = text
    if r.random() < .1:
        c["prorate"] = False


def counting(r, c):
    if r.random() < .15:
        c["per_window"] = True
    if r.random() < .15 and c["model"] in TIERED + ["package"]:
        c["counts_covered"] = True


def rounding(r, c):
    kind = r.random()
    if kind < .1 and "percent" not in c["model"]:
        c["convert"] = {"multiply": r.choice(["2", "0.5", "10"]), "divide": r.choice(["1", "3", "8"])}
    elif kind < .2 and c["model"] in ("per_unit", "graduated", "volume"):
        c["convert"] = {"multiply": "1", "divide": r.choice(["10", "4"]), "round": r.choice(["up", "nearest", "down"])}
    elif kind < .3:
        c["session"] = {"increment": str(r.choice([1, 60, 3600]) * 10 ** 6), "round": r.choice(["up", "nearest", "down"])}
        if r.random() < .5:
            c["session"]["minimum"] = str(r.randrange(1, 7200) * 10 ** 6)


def charge(r, name, category, family, shape, cuts, grid):
    """`shape`: which discounts it may have, a letter each; None: a plain charge, without any terms."""
    c = {"charge": name, "tax_category": category}
    if family == "flat":
        c.update(model="flat", price=amount(r, 200, 2))
        if r.random() < .5:
            c["due"] = r.choice(["advance", "arrears"])
        if r.random() < .3:
            c["quantity"] = amount(r, 5, 1)
        terms_of_money(r, c, shape)
        return c
    c.update(meter="gpu_time", price_unit={"name": "GPU-hour", "divisor": str(r.choice([1, G, 1000000, 7]))})
    top, fine = (10 ** 10, 12) if c["price_unit"]["divisor"] in ("1", "7") else (60, 6)
    if family == "peak":
        c.update(model="peak", **(members(r, "per_unit", top, cuts) if r.random() < .6 else {"tiers": tiers(r, "peak", top)}))
    else:
        c["model"] = r.choice(PLAIN if shape is None else COUNTED)
        c.update(members(r, c["model"], top, cuts, grid))
        if r.random() < .2 and c["model"] in TIERED:
            c["flat_at_zero"] = False
        if shape is not None:
            counting(r, c)
            rounding(r, c)
    if c["model"] != "per_unit" or r.random() < .2:
        c["on_demand"] = amount(r, 5)
    if r.random() < .4:
        c["free"] = amount(r, top // r.choice([1, 5, 20]) + 1)
    for by in ("key_by", "line_by"):
        if r.random() < .4:
            c[by] = r.sample(["project", "sku", "zone"], r.randrange(1, 3))
    if shape is None:
        if r.random() < .5:
            c["where"] = {"sku": r.sample(SKUS, r.randrange(1, 3))}
        return c
    terms_of_money(r, c, shape)
    return c


def stamp(t):
    return datetime.datetime.fromtimestamp(t, prices.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def reservation(r, i, start, end, grid):
    lo, hi = sorted(r.sample(range(start, end + 86400, grid), 2))
    res = {"id": f"r{i}", "where": {"meter": "gpu_time"}, "units": amount(r, 3, 1), "from": stamp(lo), "to": stamp(hi),
           "rate": amount(r, 3, 4)}
    if F0(res["units"]):
        res["units"] = "1"
    if r.random() < .5:
        res["where"]["sku"] = r.sample(SKUS, r.randrange(1, 3))
    if r.random() < .3:
        res["where"]["zone"] = ["z1"]
    if r.random() < .3:
        res["usage_rate"] = amount(r, 2)
    if r.random() < .3:
        res.update(size=r.choice(["2", "4", "0.5"]),
                   factors=[{"where": {"sku": ["h100"]}, "factor": r.choice(["3", "8", "0.7"])}])
    if r.random() < .2:
        res.update(payment="partial", upfront=amount(r, 500, 3))
        if F0(res["upfront"]):
            res["upfront"] = "1"
    if r.random() < .2:
        res = {k: v for k, v in res.items() if k not in ("rate", "usage_rate", "payment", "upfront")}
        res.update(kind="block", price=amount(r, 3, 4))
    elif r.random() < .2:
        res = {k: v for k, v in res.items() if k not in ("usage_rate", "size", "factors")}
        res.update(kind="throughput")
    return res


def spend_plan(r, name, charges, hours, grid):
    lo = max(min(hours), r.choice(hours) - grid * r.randrange(20 * 3600 // grid))
    s = {"id": name, "per_hour": amount(r, r.choice([2, 20, 200])), "from": stamp(lo), "to": stamp(lo + grid * r.randrange(1, 60 * 3600 // grid))}
    if F0(s["per_hour"]):
        s["per_hour"] = "1.5"
    if r.random() < .5:
        s["where"] = {k: v for k, v in (("meter", "gpu_time"), ("sku", r.sample(SKUS, r.randrange(1, 3))), ("zone", ["z1"])) if r.random() < .5}
    if r.random() < .5:
        s["discount"] = r.choice(["0", "12.5", "30", "100"])
        if r.random() < .4:
            s["basis"] = "on_demand"
    if "basis" not in s and (r.random() < .5 or "discount" not in s):
        s["rates"] = [{"charge": r.choice(charges), "price": amount(r, 4, 6)} for _ in range(r.randrange(1, 4))]
        if r.random() < .3:
            s["rates"][0]["where"] = {"project": ["a"]}
    if r.random() < .2:
        s["charges"] = [r.choice(charges)]
    if r.random() < .3:
        s.update(rate_share=r.choice(["0", "0.5", "0.333333"]), upfront=amount(r, 300, 2))
    return s


def tax_profile(r, cut):
    tax = [{"category": "standard", "rate": r.choice(["19", "8.25", "0"])}, {"category": "reduced", "rate": "7", "name": "state"}]
    if r.random() < .3:
        tax.append({"category": "standard", "rate": "20", "from": stamp(cut())})
    if r.random() < .2:
        tax.append({"category": "reduced", "rate": "1.5", "name": "city"})
    return tax


def usage_rows(r, hours, grid):
    series = [{k: v for k, v in (("sku", r.choice(SKUS)), ("project", r.choice(["a", "b", "ü"])), ("zone", r.choice(["z1", "z2"])),
                                 ("capacity", r.choice(["provisioned", "spillover"])))
               if r.random() < .8} | {"allocation": r.choice(["x", "y"])} for _ in range(r.randrange(1, 6))]
    usage = []
    for _ in range(r.randrange(0, 25)):
        usage.append({"meter": "gpu_time", "unit": "uGPU.s", "scale": 6, "aggregation": "sum", "dimensions": r.choice(series),
                      "from": stamp(r.choice(hours)), "length_seconds": grid,
                      "quantity": str(r.choice([r.randrange(1, 10 ** 4), r.randrange(1, 9 * G), grid * 10 ** 6]))})
    return usage


SKUS = ["h100", "a100", "l4"]


def apart(r, base):
    """Each charge has SKUs of its own: what one rounds, another must not count."""
    skus = SKUS[:]
    r.shuffle(skus)
    return [skus[i::len(base)] for i in range(len(base))]


def job(r, plain=False):
    """A contract, its plans, usage and what of it was known then; plain: of the models that count by tiers only."""
    zone = r.choice(list(ZONES)[: 3 if plain else None])
    grid = ZONES[zone]
    month = "2026-02" if plain else r.choice(["2026-02", "2026-03"])
    party = {"name": "N", "address": ["A"], "country": "DE"}
    currency = r.choice(["EUR", "EUR", "JPY", "KWD"])
    contract = {"contract": "c", "tenant": "t", "legal_entity": {**party, "id": "e", "number_series": "N"}, "customer": party,
                "currency": currency, "zone": zone, "billing": {"day": 1, "hour": 0 if plain else r.choice([0, 0, 17]), "minute": 0}, "to": None}
    start, end = prices.whole_period(contract, prices.instant(f"{month}-15T00:00:00Z"))
    cut = lambda: start + grid * r.randrange(1, (end - start) // grid)
    contract["from"] = stamp(start)
    edges = [start] + sorted({cut() for _ in range(r.choice([0, 0, 1, 2]))}) + [None]
    base = [(f"c{i}", r.choice(["standard", "reduced"]), "counter" if plain else r.choice(["counter"] * 6 + ["flat", "peak"]),
             None if plain else r.choice(["", "", "p", "f", "pf", "fp", "pp"])) for i in range(r.randrange(1, 4))]
    own = apart(r, base)
    first = [charge(r, *b, cut, grid) for b in base]
    plans, terms = [], []
    for v, (lo, hi) in enumerate(zip(edges, edges[1:]), 1):
        charges = [dict(c) if r.random() < .4 else charge(r, *b, cut, grid) for b, c in zip(base, first)]
        for c, skus, of in [] if plain else zip(charges, own, first):
            words = ["per_window", "prorate", "due"]
            if "meter" in c:
                c["where"] = {"sku": skus}
                words += ["convert", "session", "price_unit"] if "convert" in of or "convert" in c else ["session"]
            for word in words:  # what is done once a period is not changed in it
                c.pop(word, None)
                if word in of and not (word == "convert" and "percent" in c["model"]):
                    c[word] = of[word]
        plans.append({"version": v, "plan": {"plan": "p", "currency": currency, "charges": charges}})
        terms.append({"plan": "p", "version": v, "from": stamp(lo), "to": stamp(hi) if hi else None})
    contract.update(plans=terms, tax={"profile": tax_profile(r, cut)},
                    reservations=[reservation(r, i, start, end, grid) for i in range(r.choice([0, 0, 1, 2, 3]))])
    hours = [start + grid * r.randrange((end - start) // grid) for _ in range(r.randrange(1, 6))]
    counted = [c["charge"] for c in first if "meter" in c]
    if counted and r.random() < .4:
        contract["spend_plans"] = [spend_plan(r, f"s{i}", counted, hours, grid) for i in range(r.choice([1, 2]))]
    usage = usage_rows(r, hours, grid)
    then = [u for u in usage if r.random() < .7]
    if usage and r.random() < .3:
        u = r.choice(usage)
        usage.append({**u, "quantity": str(-int(u["quantity"]))})
    found = {"contract": contract, "plans": plans, "period": month, "usage": usage, "then": then}
    return found, start, end


def pool(r, job):
    """The same usage, of up to four tenants who pay together; what one has, or all may use."""
    contract = job["contract"]
    tenants = ["t"] + r.sample(["a", "u", "z"], r.randrange(1, 4))
    contract["pool"] = {"payer": "t", "members": tenants[1:]}
    owners = {}
    for row in job["usage"] + job["then"]:
        place = json.dumps([row["dimensions"], row["from"]])
        retracted = any(int(u["quantity"]) < 0 and json.dumps([u["dimensions"], u["from"]]) == place for u in job["usage"])
        row["tenant"] = owners.setdefault(place, r.choice(tenants)) if retracted else row.get("tenant") or r.choice(tenants)
    for reservation in contract["reservations"]:
        if r.random() < .6:
            reservation["owner"] = r.choice(tenants)
        if r.random() < .6:
            reservation["shared"] = True


def F0(text):
    return prices.F(text) == 0


def check(j, start, end, out):
    if "error" in out:
        return ["error: " + out["error"]]
    plans = {("p", p["version"]): p["plan"] for p in j["plans"]}
    now = prices.rate(j["contract"], plans, start, end, j["usage"])
    then = prices.rate(j["contract"], plans, start, end, j["then"])
    found = prices.compare(now, out)
    return found + prices.compare_difference(prices.difference(now, then), out["difference"]["lines"])


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    r = random.Random(seed)
    jobs = [job(r) for _ in range(count)]
    pools = random.Random(f"pools {seed}")
    for n, (j, *_) in enumerate(jobs):
        if n % 4 == 3 or os.environ.get("POOLS"):
            pool(pools, j)
    bad = 0
    for n, ((j, lo, hi), answer) in enumerate(zip(jobs, rated([j for j, _, _ in jobs]))):
        found = check(j, lo, hi, answer)
        bad += bool(found)
        for f in found[:5]:
            print(f"# pair {n} of seed {seed}: {f}")
    print(f"# {count} pairs, {bad} with differences")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
