#!/usr/bin/env python3
"""Credits before tax and late usage: burns as they would be had everything been known in time.

    late.py [COUNT [SEED] [DEFECT]]

Random contracts of up to six months (settled.py's), of whose usage a part comes one to three documents late, and
a part is taken back. After each document the burns of all documents so far must be those of a run from the first
document on with what is known now, where a grant that is closed has no more than was burnt of it before. Beside
this, with anything late: burnt + breakage + left = granted, nothing below zero, no amount burnt twice, a closed
grant does not grow. DEFECT spoils the answers first: "burn" or "balance".
"""
import copy, os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from prices import instant, minor
from product import compare
from settled import BORDERS, Account, job as on_time, label


def job(r):
    j = on_time(r)
    contract = j["contract"]
    for grant in contract["credits"]:
        grant["apply"] = "before_tax"
        grant["amount"] = str(int(float(grant["amount"])) * r.choice([1, 3, 8]))
    if not contract["credits"]:
        contract["credits"] = [{"id": "g", "amount": "90", "priority": 0, "from": contract["from"], "kind": "paid", "apply": "before_tax"}]
    if r.random() < .5:
        contract["commitments"] = []
    months = len(j["periods"])
    taken = []
    for row in j["usage"]:
        n = next(i for i in range(months) if instant(row["from"]) < BORDERS[i + 1])
        row["known"] = n
        if n + 1 < months and r.random() < .4:
            row["known"] = r.randrange(n + 1, min(n + 4, months))
        elif n + 1 < months and r.random() < .3:
            known = r.randrange(n + 1, min(n + 4, months))
            taken.append(dict(row, quantity=str(-r.randrange(1, int(row["quantity"]) + 1)), known=known))
    j["usage"] += taken
    return j


class Knowledge:
    """The months before n and n itself, with what document `known` knows."""

    def __init__(self, job, known, n, closed):
        self.account = Account(dict(job, usage=[u for u in job["usage"] if u["known"] <= known]))
        self.lines, self.burns = [], {}
        account = self.account
        for grant in account.grants:
            grant["left"] = min(grant["left"], closed.get(grant["id"], grant["left"]))
        for m in range(n):
            account.nets.append({c["charge"]: self.cents(m, c) for c in account.charges})
        for m in range(n):
            lines = [(name, cents, account.pieces(m, c)) for c in account.charges for name, cents in [(c["charge"], account.nets[m][c["charge"]])]]
            for k in account.contract["commitments"]:
                cents = account.owed(k, BORDERS[m + 1])
                lines += [(k["id"], cents, [(BORDERS[m + 1] - 1, 1)])] if cents else []
            self.lines.append(lines)

    def cents(self, m, charge):
        from prices import half_away
        return half_away(sum((x for _, x in self.account.pieces(m, charge)), 0), 2)

    def net(self, m):
        return sum(cents for _, cents, _ in self.lines[m])

    def run(self, m, most=None):
        claims = [line for line in self.lines[m] if line[1] > 0]
        burns = self.account.burn(m, claims, max(0, self.net(m)) if most is None else most, "before_tax")
        self.burns.update({(m, *key): cents for key, cents in burns.items()})


def said(document):
    burns = {}
    for burn in document["settlement"]["burns"]:
        key = burn.get("original", document["number"]), burn["credit"], burn["charge"]
        burns[key] = burns.get(key, 0) + minor(burn["amount"], 2)
    return burns


def differences(job, documents):
    """Until a document's adjustments make its own burns others than they would be alone: its nets limit them."""
    closed, sums = {}, {}
    ends = {g["id"]: instant(g.get("expires"), 10 ** 12) for g in job["contract"]["credits"]}
    for n, document in enumerate(documents):
        for name, end in ends.items():
            if end <= BORDERS[n]:
                closed[name] = sum(cents for (_, of, _), cents in sums.items() if of == name)
        then, now = Knowledge(job, n - 1, n, closed), Knowledge(job, n, n + 1, closed)
        for m in range(n):
            then.run(m)
            now.run(m)
        moved = sum(now.burns.values()) - sum(then.burns.values())
        late = sum(now.net(m) - then.net(m) for m in range(n)) - moved
        alone = copy.deepcopy(now)
        alone.run(n)
        now.run(n, max(0, now.net(n) + late))
        if alone.burns != now.burns:
            return
        for key, cents in said(document).items():
            sums[key] = sums.get(key, 0) + cents
        theirs = {key: cents for key, cents in sums.items() if cents}
        mine = {(label(m), *key): cents for (m, *key), cents in now.burns.items() if cents}
        if mine != theirs:
            yield f"{label(n)}: burns {sorted(theirs.items() - mine.items())}, recomputed {sorted(mine.items() - theirs.items())}"
            return
        left = {row["id"]: minor(row["closing"], 2) for row in document["settlement"]["credits"]}
        for grant in now.account.grants:
            expected = 0 if grant["end"] <= BORDERS[n + 1] else grant["left"]
            if grant["id"] in left and left[grant["id"]] != expected:
                yield f"{label(n)}: {grant['id']} has {left[grant['id']]} left, recomputed {expected}"


def laws(job, documents):
    granted = {g["id"]: minor(g["amount"], 2) for g in job["contract"]["credits"]}
    ends = {g["id"]: instant(g.get("expires"), 10 ** 12) for g in job["contract"]["credits"]}
    burnt, lost, nets, last = {}, {}, {}, {}
    for n, document in enumerate(documents):
        settlement = document["settlement"]
        for of, lines in [(label(n), document["lines"]), *((a["original"], a["lines"]) for a in document["adjustments"])]:
            for line in lines:
                if line["kind"] != "credit":
                    nets[of, line["charge"]] = nets.get((of, line["charge"]), 0) + minor(line["amount"], 2)
        for (of, grant, charge), cents in said(document).items():
            burnt[of, grant, charge] = burnt.get((of, grant, charge), 0) + cents
        sums, by_amount = {}, {}
        for (of, grant, charge), cents in burnt.items():
            if cents < 0:
                yield f"{label(n)}: {cents} burnt of {grant} for {charge} of {of}"
            sums[grant] = sums.get(grant, 0) + cents
            by_amount[of, charge] = by_amount.get((of, charge), 0) + cents
        for key, cents in by_amount.items():
            if cents > max(0, nets.get(key, 0)):
                yield f"{label(n)}: {cents} burnt for {key}, which costs {nets.get(key, 0)}"
        for row in settlement["credits"]:
            name = row["id"]
            lost[name] = lost.get(name, 0) + minor(row["breakage"], 2)
            left = minor(row["closing"], 2)
            if left < 0 or sums.get(name, 0) + lost[name] + left != granted[name] or minor(row["breakage"], 2) < 0:
                yield f"{label(n)}: {sums.get(name, 0)} burnt, {lost[name]} lost and {left} left of {granted[name]}"
            if ends[name] <= BORDERS[n] and sums.get(name, 0) > last.get(name, 0):
                yield f"{label(n)}: closed {name} grew"
        last = sums
        credits = sum(minor(line["amount"], 2) for lines in [document["lines"], *(a["lines"] for a in document["adjustments"])]
                      for line in lines if line["kind"] == "credit")
        if credits != -sum(said(document).values()):
            yield f"{label(n)}: lines of credits {credits}, burns {said(document)}"
        if minor(settlement["payable"], 2) != minor(document["total"], 2):
            yield f"{label(n)}: payable is not the total"


def spoil(documents, defect):
    for document in documents:
        rows = document["settlement"]["burns" if defect == "burn" else "credits"]
        name = "amount" if defect == "burn" else "closing"
        if rows:
            rows[0][name] = f"{abs(minor(rows[0][name], 2)) // 100 + 1000}.00"
            return


def is_moved(_, documents):
    return any("original" in burn for d in documents for burn in d["settlement"]["burns"])


def main():
    return compare("contracts with late usage", lambda r, *_: job(r), lambda j, documents: [*laws(j, documents), *differences(j, documents)], spoil, is_moved)


if __name__ == "__main__":
    sys.exit(main())
