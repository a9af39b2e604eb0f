"""All members' documents of a pool's period beside each other: what stands alike in them, and sums. No entries, no prices."""
import collections

from prices import minor
from prices.numbers import F, half_away


def charge_name(row):
    return row["plan"], row["charge"], row["tax_category"], F(row["rate"])


class Sums:
    """found: a sentence for each sum that differs; unjudged: what documents that are not there leave open."""

    def __init__(self, document, documents):
        by_number = {d["number"]: d for d in [*documents, document]}
        self.labels = {number: d["period"]["label"] for number, d in by_number.items()}
        mine = document["pool"]["payer"], document["period"]["label"], document["cut"]
        self.all = {d["tenant"]["id"]: d for d in by_number.values() if "pool" in d and (d["pool"]["payer"], d["period"]["label"], d["cut"]) == mine}
        self.document, self.e, self.found, self.unjudged = document, document["exponent"], [], []
        members = document["pool"]["members"]
        if len(self.all) != members:
            self.unjudged.append(f"sums over the pool's members: {len(self.all)} documents of {members} are given")
            return
        self.alike()
        self.usage()
        self.charges()
        if "settlement" in document:
            self.burns()
            self.amounts()

    def same(self, what, of_all, stated):
        if of_all != stated:
            self.found.append(f"{what}: {stated}, of all members' documents {of_all}")

    def alike(self):
        """What they say of the pool, but for their own shares."""
        def said(d):
            return [d["pool"][name] for name in ("payer", "members", "totals")] + [d["contract"]["hash"], d["currency"]]
        charges = {}
        for tenant, d in self.all.items():
            of = [(charge_name(c), (c["exact"], c["amount"])) for c in d["pool"]["charges"]]
            if said(d) != said(self.document) or any(charges.setdefault(name, amounts) != amounts for name, amounts in of):
                self.found.append(f"pool: the document of {tenant} says something else of it")

    def usage(self):
        sums = collections.Counter()
        for d in self.all.values():
            meters = {s["series"]: meter_of(bytes.fromhex(s["descriptor"])) for s in d["series"]}
            for row in d["usage"]:
                if row["period"] == d["period"]["label"] and "unrated" not in row:
                    sums[meters[row["series"]]] += int(row["quantity"])
        self.same("pool's totals", {k: v for k, v in sums.items() if v},
                  {(t["meter"], t["unit"]): int(t["quantity"]) for t in self.document["pool"]["totals"] if int(t["quantity"])})

    def charges(self):
        sums, shares = collections.Counter(), collections.defaultdict(F)
        stated = {charge_name(c): c for d in self.all.values() for c in d["pool"]["charges"]}
        for d in self.all.values():
            for line in d["lines"]:
                if line["kind"] == "charge":
                    sums[charge_name(line)] += minor(line["amount"], self.e)
            for c in d["pool"]["charges"]:
                shares[charge_name(c)] += F(c["share"])
        for name, c in stated.items():
            self.same(f"pool's {name}", sums[name], minor(c["amount"], self.e))
            self.same(f"pool's exact {name}", shares[name], F(c["exact"]))
            self.same(f"pool's {name}, rounded", half_away(F(c["exact"]), self.e), minor(c["amount"], self.e))

    def label(self, row):
        """Of which period's document it is; those that are not given are not told apart."""
        return self.labels.get(row["original"], "?") if "original" in row else ""

    def payer(self):
        return self.all[self.document["pool"]["payer"]]

    def burns(self):
        def sums(rows):
            out = collections.Counter()
            for row in rows:
                if row["stage"] == "before_tax":
                    out[self.label(row), row["credit"], row["charge"], row["tax_category"], F(row["rate"]), row["from"]] += minor(row["amount"], self.e)
            return {k: v for k, v in out.items() if v}
        self.same("settlement, burns", sums(row for d in self.all.values() for row in d["settlement"]["own_burns"]), sums(self.payer()["settlement"]["burns"]))

    def amounts(self):
        def sums(rows):
            out = collections.Counter()
            for label, row in rows:
                if row["kind"] != "credit":
                    out[label, row["kind"], row["charge"], row["tax_category"], F(row["rate"])] += minor(row["amount"], self.e)
            return {k: v for k, v in out.items() if v}
        lines = [("", line) for d in self.all.values() for line in d["lines"]]
        lines += [(self.label(s), line) for d in self.all.values() for s in d["adjustments"] for line in s["lines"]]
        self.same("settlement, the pool's amounts", sums(lines), sums((self.label(row), row) for row in self.payer()["settlement"]["amounts"]))


def meter_of(descriptor):
    """A series' meter and unit, as ledger/README.md has its bytes."""
    found, at = [], 1
    for _ in range(2):
        size = int.from_bytes(descriptor[at:at + 2], "big")
        found.append(descriptor[at + 2:at + 2 + size].decode())
        at += 2 + size
    return tuple(found)
