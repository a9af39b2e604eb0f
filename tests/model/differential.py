#!/usr/bin/env python3
"""Random plans and usage, rated by the product (rate_json) and by the model (prices.py).

    differential.py [COUNT [SEED]]

Prints each difference and exits 1 on any.
"""
import json, os, random, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import prices

G = 3600 * 10 ** 6
BIN = os.environ.get("DAYBOOK_BIN", ".build/bin")


def amount(r, top, decimals=4):
    d = r.randrange(decimals + 1)
    n = r.randrange(top * 10 ** d)
    return f"{n // 10 ** d}.{n % 10 ** d:0{d}d}" if d else str(n)


def charge(r, name, category):
    c = {"charge": name, "meter": "gpu_time", "price_unit": {"name": "GPU-hour", "divisor": str(r.choice([1, G, 1000000, 7]))},
         "tax_category": category}
    if c["price_unit"]["divisor"] in ("1", "7"):
        top, scale = 10 ** 10, r.choice([1, 10 ** 9])
    else:
        top, scale = 60, 1
    if r.random() < .4:
        c.update(model="per_unit", price=amount(r, 5, 12 if scale > 1 else 6))
        if r.random() < .3:
            c.update(model="package", size=f"{r.randrange(1, top)}.{r.randrange(10)}", round=r.choice(["up", "down"]))
    else:
        borders = sorted({r.randrange(1, top) for _ in range(r.randrange(4))})
        tiers = [{"up_to": f"{b}.{r.randrange(10)}", "price": amount(r, 5)} for b in borders] + [{"price": amount(r, 5)}]
        for t in tiers:
            if r.random() < .3:
                t["flat"] = amount(r, 20, 3)
            if r.random() < .2:
                t["block"] = f"{r.randrange(1, top // 5)}.{r.randrange(10)}"
        c.update(model=r.choice(["graduated", "volume"]), tiers=tiers)
        if r.random() < .3:
            c["flat_at_zero"] = False
    if c["model"] != "per_unit" or r.random() < .2:
        c["on_demand"] = amount(r, 5)
    if r.random() < .4:
        c["free"] = amount(r, top // r.choice([1, 5, 20]) + 1)
    if r.random() < .5:
        c["where"] = {"sku": r.sample(["h100", "a100", "l4"], r.randrange(1, 3))}
    for by in ("key_by", "line_by"):
        if r.random() < .4:
            c[by] = r.sample(["project", "sku", "zone"], r.randrange(1, 3))
    return c


def stamp(t):
    return prices.datetime.datetime.fromtimestamp(t, prices.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def spend_plan(r, name, charges, start, end, grid, hours):
    lo = max(start, r.choice(hours) - grid * r.randrange(20 * 3600 // grid))
    s = {"id": name, "per_hour": amount(r, r.choice([2, 20, 200])), "from": stamp(lo), "to": stamp(lo + grid * r.randrange(1, 60 * 3600 // grid))}
    if F0(s["per_hour"]):
        s["per_hour"] = "1.5"
    if r.random() < .5:
        s["where"] = {k: v for k, v in (("meter", ["gpu_time"]), ("sku", r.sample(["h100", "a100", "l4"], r.randrange(1, 3))),
                                        ("zone", ["z1"])) if r.random() < .5}
        if "meter" in s["where"]:
            s["where"]["meter"] = "gpu_time"
    if r.random() < .5:
        s["discount"] = r.choice(["0", "12.5", "30", "100"])
        if r.random() < .4:
            s["basis"] = "on_demand"
    if "basis" not in s and (r.random() < .5 or "discount" not in s):
        s["rates"] = [{"charge": r.choice(charges)["charge"], "price": amount(r, 4, 6)} for _ in range(r.randrange(1, 4))]
        if r.random() < .3:
            s["rates"][0]["where"] = {"project": ["a"]}
    if r.random() < .2:
        s["charges"] = [r.choice(charges)["charge"]]
    if r.random() < .3:
        s.update(rate_share=r.choice(["0", "0.5", "0.333333"]), upfront=amount(r, 300, 2))
    return s


def job(r):
    zone, shift = r.choice([("UTC", 0), ("Asia/Kolkata", -19800), ("Asia/Kathmandu", -20700)])
    grid = {"UTC": 3600, "Asia/Kolkata": 1800, "Asia/Kathmandu": 900}[zone]
    start = prices.instant("2026-02-01T00:00:00Z") + shift
    end = prices.instant("2026-03-01T00:00:00Z") + shift
    cut = lambda: start + grid * r.randrange(1, (end - start) // grid)
    borders = sorted({cut() for _ in range(r.choice([0, 0, 1, 2]))})
    currency = r.choice(["EUR", "EUR", "JPY", "KWD"])
    edges = [start] + borders + [None]
    plans, terms = [], []
    base = [charge(r, f"c{i}", r.choice(["standard", "reduced"])) for i in range(r.randrange(1, 4))]
    for v, (lo, hi) in enumerate(zip(edges, edges[1:]), 1):
        charges = [c if r.random() < .4 else {**charge(r, c["charge"], c["tax_category"])} for c in base]
        plans.append({"version": v, "plan": {"plan": "p", "currency": currency, "charges": charges}})
        terms.append({"plan": "p", "version": v, "from": stamp(lo), "to": stamp(hi) if hi else None})
    reservations = []
    for i in range(r.choice([0, 0, 1, 2, 3])):
        lo, hi = sorted(r.sample(range(start, end + 86400, grid), 2))
        res = {"id": f"r{i}", "where": {"meter": "gpu_time"}, "units": amount(r, 3, 1), "from": stamp(lo), "to": stamp(hi),
               "rate": amount(r, 3, 4)}
        if F0(res["units"]):
            res["units"] = "1"
        if r.random() < .5:
            res["where"]["sku"] = r.sample(["h100", "a100", "l4"], r.randrange(1, 3))
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
        reservations.append(res)
    hours = [start + grid * r.randrange((end - start) // grid) for _ in range(r.randrange(1, 6))]
    spend_plans = [spend_plan(r, f"s{i}", base, start, end, grid, hours) for i in range(r.choice([0, 0, 1, 2]))]
    tax = [{"category": "standard", "rate": r.choice(["19", "8.25", "0"])}, {"category": "reduced", "rate": "7"}]
    if r.random() < .3:
        tax.append({"category": "standard", "rate": "20", "from": stamp(cut())})
    party = {"name": "N", "address": ["A"], "country": "DE"}
    contract = {"contract": "c", "tenant": "t", "legal_entity": {**party, "id": "e", "number_series": "N"}, "customer": party,
                "currency": currency, "zone": zone, "billing": {"day": 1, "hour": 0, "minute": 0}, "from": stamp(start),
                "to": None, "plans": terms, "reservations": reservations, "tax": {"profile": tax}}
    if spend_plans:
        contract["spend_plans"] = spend_plans
    series = [{k: v for k, v in (("sku", r.choice(["h100", "a100", "l4"])), ("project", r.choice(["a", "b", "ü"])),
                                 ("zone", r.choice(["z1", "z2"])),
                                 ("capacity", r.choice(["provisioned", "spillover"]))) if r.random() < .8} for _ in range(r.randrange(1, 6))]
    usage = []
    for _ in range(r.randrange(0, 25)):
        usage.append({"meter": "gpu_time", "unit": "uGPU.s", "scale": 6, "aggregation": "sum", "dimensions": r.choice(series),
                      "from": stamp(r.choice(hours)), "length_seconds": grid,
                      "quantity": str(r.choice([r.randrange(1, 10 ** 4), r.randrange(1, 9 * G), grid * 10 ** 6]))})
    then = [u for u in usage if r.random() < .7]
    if usage and r.random() < .3:
        u = r.choice(usage)
        usage.append({**u, "quantity": str(-int(u["quantity"]))})
    return {"contract": contract, "plans": plans, "period": "2026-02", "usage": usage, "then": then}, start, end


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
    text = "".join(json.dumps(j) + "\n" for j, _, _ in jobs)
    out = subprocess.run([os.path.join(BIN, "rate_json")], input=text, capture_output=True, text=True, check=True).stdout
    answers = out.splitlines()
    assert len(answers) == count
    bad = 0
    for n, ((j, lo, hi), line) in enumerate(zip(jobs, answers)):
        found = check(j, lo, hi, json.loads(line))
        bad += bool(found)
        for f in found[:5]:
            print(f"# pair {n} of seed {seed}: {f}")
    print(f"# {count} pairs, {bad} with differences")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
