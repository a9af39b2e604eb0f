#!/usr/bin/env python3
"""Settlements again, from the conventions alone, and their laws, over random contracts of several months.

    settled.py [COUNT [SEED] [DEFECT]]

Charges are per unit, so that what a piece of time costs is plain; commitments of periods, prepaid credits before
and after tax. The product (rate_json) bills the months one after the other; each document is compared with
what this file makes of the usage, to the cent. Laws: take or pay bills the greater of commitment and usage;
burns never exceed grants; balances go on from document to document. DEFECT spoils the answers first: "line",
"burn" or "balance".
"""
import os, sys
from fractions import Fraction as F

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from prices import half_away, hamilton, instant, minor
from product import compare
from prices.settlement import burn, burn_order, cut, holds, intervals, owed, settle

G = 3600 * 10 ** 6
FIRST = instant("2026-09-01T00:00:00Z")
BORDERS = [instant(f"{2026 + (8 + n) // 12}-{(8 + n) % 12 + 1:02}-01T00:00:00Z") for n in range(13)]
SKUS = ["a100", "h100", "l4"]


def stamp(t):
    import datetime
    return datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def label(n):
    return f"{2026 + (8 + n) // 12}-{(8 + n) % 12 + 1:02}"


# -------------------------------------------------------------------------------------- random jobs


def commitments(r, months):
    out = []
    for n in range(r.randrange(3)):
        periods = r.choice([k for k in (1, 2, 3, 6) if months % k == 0])
        k = {"id": f"k{n}", "amount": f"{r.randrange(400)}.{r.randrange(100):02}", "interval": {"months": periods},
             "from": stamp(FIRST), "to": stamp(BORDERS[months]), "every": r.random() < .7, "true_up": r.random() < .8,
             "overage_factor": r.choice(["1", "1.25", "2"])}
        if r.random() < .5:
            k["charges"] = r.sample(SKUS, r.randrange(1, 3))
        if r.random() < .4:
            k["rollover"] = {"intervals": r.randrange(1, 4)}
        if months > 1 and r.random() < .4:
            at = BORDERS[r.randrange(1, months)] + (3600 * r.randrange(500) if r.random() < .5 else 0)
            k["steps"] = [{"from": stamp(at), "amount": f"{r.randrange(400)}"}]
            k["settle_at_step"] = at in BORDERS and r.random() < .5
        out.append(k)
    return out


def credits(r, months):
    out = []
    for n in range(r.randrange(5)):
        begin = FIRST + 3600 * r.choice([0, 0, r.randrange(24 * 40)])
        g = {"id": f"g{n}", "amount": f"{r.randrange(1, 200)}.{r.randrange(100):02}", "priority": r.randrange(3), "from": stamp(begin),
             "kind": r.choice(["paid", "promotional"]), "apply": r.choice(["before_tax", "after_tax"])}
        if r.random() < .6:
            g["expires"] = stamp(begin + 3600 * r.randrange(1, 24 * 60))
        if r.random() < .5:
            g["charges"] = r.sample(SKUS, r.randrange(1, 3))
        out.append(g)
    return out


def job(r):
    months = r.randrange(1, 7)
    charges = [{"charge": sku, "meter": "gpu_time", "where": {"sku": [sku]}, "model": "per_unit", "price": f"{r.randrange(5)}.{r.randrange(1000):03}",
                "price_unit": {"name": "GPU-hour", "divisor": str(G)}, "tax_category": r.choice(["standard", "reduced"])} for sku in SKUS]
    usage = []
    for n in range(months):
        for _ in range(r.randrange(12)):
            at = BORDERS[n] + 3600 * r.randrange((BORDERS[n + 1] - BORDERS[n]) // 3600)
            usage.append({"meter": "gpu_time", "unit": "uGPU.s", "scale": 6, "aggregation": "sum", "from": stamp(at), "length_seconds": 3600,
                          "dimensions": {"sku": r.choice(SKUS)}, "quantity": str(r.randrange(1, 60 * G))})
    contract = {"contract": "c", "tenant": "t", "currency": "EUR", "zone": "UTC", "billing": {"day": 1, "hour": 0, "minute": 0},
                "legal_entity": {"id": "e", "name": "E", "address": ["A"], "country": "DE", "number_series": "N"},
                "customer": {"name": "C", "address": ["A"], "country": "DE"}, "from": stamp(FIRST), "to": stamp(BORDERS[12]),
                "plans": [{"plan": "p", "version": 1, "from": stamp(FIRST), "to": stamp(BORDERS[12])}],
                "tax": {"profile": [{"category": "standard", "rate": "19"}, {"category": "reduced", "rate": "7"}]},
                "commitments": commitments(r, months), "credits": credits(r, months)}
    if not contract["commitments"] and not contract["credits"]:
        contract["commitments"] = [{"id": "k", "amount": "10", "interval": "period", "from": stamp(FIRST), "to": None}]
    return {"contract": contract, "plans": [{"version": 1, "plan": {"plan": "p", "currency": "EUR", "charges": charges}}],
            "period": label(0), "periods": [label(n) for n in range(months)], "usage": usage}


# ------------------------------------------------------------------------------------------ the model


class Account:
    """A contract's months: what they owe, and what is left of its credits."""

    def __init__(self, job):
        self.contract, self.usage = job["contract"], job["usage"]
        self.charges = job["plans"][0]["plan"]["charges"]
        self.rates = {t["category"]: F(t["rate"]) for t in self.contract["tax"]["profile"]}
        self.nets = []  # by month: {charge: cents}
        self.grants = [dict(g, left=minor(g["amount"], 2), at=instant(g["from"]), end=instant(g.get("expires"), 10 ** 12))
                       for g in self.contract["credits"]]
        self.grants.sort(key=burn_order)

    def pieces(self, n, charge):
        """(instant, exact amount) of a charge's use in a month."""
        price = F(charge["price"]) / G
        return [(instant(u["from"]), int(u["quantity"]) * price) for u in self.usage
                if BORDERS[n] <= instant(u["from"]) < BORDERS[n + 1] and u["dimensions"]["sku"] == charge["charge"]]

    def owed(self, k, until):
        """Cents that the interval which ends then owes; None when none does."""
        def used(begin, end):
            return F(sum(cents for n, nets in enumerate(self.nets) if begin <= BORDERS[n] < end for name, cents in nets.items() if holds(k, name)), 100)
        rows = settle(k, intervals(k, BORDERS), used, until)
        return half_away(owed(rows[-1]), 2) if rows and rows[-1]["to"] == until else None

    def burn(self, n, claims, most, apply):
        """claims: (name, cents, pieces) in document order. {(grant, name): cents}"""
        cuts = [(at, order, name, part, name) for order, (name, cents, parts) in enumerate(claims)
                for at, part in cut(self.grants, apply, name, BORDERS[n], BORDERS[n + 1], cents, parts)]
        left = {g["id"]: g["left"] for g in self.grants}
        burns = {}
        for grant, _, name, cents in burn(self.grants, left, cuts, most, apply):
            burns[grant, name] = burns.get((grant, name), 0) + cents
        for g in self.grants:
            g["left"] = left[g["id"]]
        return burns

    def month(self, n):
        """What the document of a month says."""
        exact = {c["charge"]: self.pieces(n, c) for c in self.charges}
        own = {name: half_away(sum((x for _, x in parts), F(0)), 2) for name, parts in exact.items()}
        self.nets.append(own)
        category = {c["charge"]: c["tax_category"] for c in self.charges}
        lines = [(c["charge"], own[c["charge"]]) for c in self.charges]
        for k in self.contract["commitments"]:
            cents = self.owed(k, BORDERS[n + 1])
            if cents:
                lines.append((k["id"], cents))
                category[k["id"]] = "standard"
        last = BORDERS[n + 1] - 1

        def claims(amounts):
            return [(name, cents, exact.get(name) or [(last, F(1))]) for name, cents in amounts if cents > 0]
        before = self.burn(n, claims(lines), max(0, sum(cents for _, cents in lines)), "before_tax")
        nets = {name: cents - sum(b for (_, of), b in before.items() if of == name) for name, cents in lines}
        taxes = {c: half_away(sum(x for name, x in nets.items() if category[name] == c) * rate / 100) for c, rate in self.rates.items()}
        gross = {name: max(0, cents) for name, cents in nets.items()}
        for c, tax in taxes.items():
            names = [name for name, _ in lines if category[name] == c]
            weights = [max(0, nets[name]) for name in names]
            for name, share in zip(names, hamilton(tax, weights) if tax > 0 else [0] * len(names)):
                gross[name] += share
        total = sum(nets.values()) + sum(taxes.values())
        after = self.burn(n, claims([(name, gross[name]) for name, _ in lines]), max(0, total), "after_tax")
        for g in self.grants:
            if g["end"] <= BORDERS[n + 1]:
                g["left"] = 0
        return {"lines": dict(lines), "net": sum(nets.values()), "total": total, "payable": total - sum(after.values()),
                "burns": {**before, **after}, "left": {g["id"]: g["left"] for g in self.grants if g["at"] < BORDERS[n + 1]}}


# -------------------------------------------------------------------------------------------- judging


def said(document):
    settlement, burns, lines = document["settlement"], {}, {}
    for burn in settlement["burns"]:
        key = burn["credit"], burn["charge"]
        burns[key] = burns.get(key, 0) + minor(burn["amount"], 2)
    for line in document["lines"]:
        if line["kind"] != "credit":
            lines[line["charge"]] = lines.get(line["charge"], 0) + minor(line["amount"], 2)
    return {"lines": lines, "net": minor(document["net"], 2), "total": minor(document["total"], 2),
            "payable": minor(settlement["payable"], 2), "burns": burns,
            "left": {row["id"]: minor(row["closing"], 2) for row in settlement["credits"]}}


def differences(job, documents):
    account = Account(job)
    for n, document in enumerate(documents):
        mine, theirs = account.month(n), said(document)
        mine["lines"] = {name: cents for name, cents in mine["lines"].items() if cents}
        for name in mine:
            if mine[name] != theirs[name]:
                yield f"{label(n)}: {name} {theirs[name]}, recomputed {mine[name]}"


def take_or_pay(job, documents):
    """One commitment of one period, without a factor or rollover, bills the greater of it and of what was used."""
    for k in job["contract"]["commitments"]:
        if "steps" in k or "rollover" in k or k.get("overage_factor", "1") != "1" or not k.get("every", True) or not k.get("true_up", True):
            continue
        periods = k["interval"]["months"] if isinstance(k["interval"], dict) else 1
        for n in range(0, len(documents) - periods + 1, periods):
            lines = [line for d in documents[n:n + periods] for line in d["lines"]]
            used = sum(minor(line["amount"], 2) for line in lines if line["kind"] == "charge" and holds(k, line["charge"]))
            owed = sum(minor(line["amount"], 2) for line in lines if line["kind"] == "commitment" and line["charge"] == k["id"])
            if used + owed != max(used, minor(k["amount"], 2)):
                yield f"{k['id']} of {label(n)} bills {used + owed} of {k['amount']}"


def balances(job, documents):
    """Burns never exceed grants, and what one document leaves the next begins with."""
    granted = {g["id"]: minor(g["amount"], 2) for g in job["contract"]["credits"]}
    last, burnt = {}, {}
    for document in documents:
        settlement = document["settlement"]
        for row in settlement["credits"]:
            opening, out, back, lost, closing = (minor(row[k], 2) for k in ("opening", "burnt", "restored", "breakage", "closing"))
            if opening != last.get(row["id"], granted[row["id"]]) or opening - out + back - lost != closing or closing < 0:
                yield f"{row['id']} of {document['number']}: {row}"
            last[row["id"]] = closing
        for burn in settlement["burns"]:
            burnt[burn["credit"]] = burnt.get(burn["credit"], 0) + minor(burn["amount"], 2)
        if minor(settlement["payable"], 2) < min(0, minor(document["total"], 2)):
            yield f"{document['number']}: more was paid than its total"
    yield from (f"{name}: {sum_} of {granted[name]} burnt" for name, sum_ in burnt.items() if sum_ > granted[name])


def spoil(documents, defect):
    place, name = {"line": lambda d: (next(iter(d["lines"]), None), "amount"), "burn": lambda d: (next(iter(d["settlement"]["burns"]), None), "amount"),
                   "balance": lambda d: (next(iter(d["settlement"]["credits"]), None), "closing")}[defect](documents[-1])
    if place:
        place[name] = f"{minor(place[name], 2) // 100 + 1000}.00"


def main():
    return compare("contracts of up to six months", lambda r, *_: job(r),
                   lambda j, documents: [*differences(j, documents), *take_or_pay(j, documents), *balances(j, documents)], spoil)


if __name__ == "__main__":
    sys.exit(main())
