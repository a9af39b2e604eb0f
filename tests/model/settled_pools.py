#!/usr/bin/env python3
"""Settlements of pools again, from the conventions alone, over random pools of several months.

    settled_pools.py [COUNT [SEED] [DEFECT]]

Contracts are settled.py's, of a pool of two to four tenants that come and go. Everything is used by the pool as if it
were one tenant: a charge is rounded once and shared by use; commitments and credits before tax are those of the pool's
amounts. A burn is shared by what is left of the members' nets there; what an interval owes, and payments after tax, are
the payer's; a service level's credit is each document's own. Each document is compared to the cent.
With late usage ("known") burns of the pool are judged as late.py's, and each member's parts by what must be true of
them: they sum to the pool's, none is above its net or below zero. DEFECT spoils the answers first: "line", "share" or
"balance".
"""
import json, os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import late
from prices import half_away, hamilton, instant, minor
from prices.numbers import F
from prices.settlement import burn, cut, holds
from product import compare
from settled import BORDERS, Account, job as alone, label, stamp

# -------------------------------------------------------------------------------------- random jobs


def pooled(r, j):
    months = len(j["periods"])
    members, tenures = [], {"t": (0, 99)}
    for name in "abc"[:r.randrange(1, 4)]:
        begin, end = 0, 99
        if months > 2 and r.random() < .3:
            begin, end = sorted(r.sample(range(months + 1), 2))
        tenures[name] = begin, end
        member = {"tenant": name}
        if begin > 0:
            member["from"] = stamp(BORDERS[begin])
        if end < 99:
            member["to"] = stamp(BORDERS[end])
        members.append(member if len(member) > 1 else name)
    j["contract"]["pool"] = {"payer": "t", "members": members}
    for row in j["usage"]:
        n = next(i for i in range(months) if instant(row["from"]) < BORDERS[i + 1])
        row.setdefault("known", n)
        row.setdefault("tenant", r.choice([name for name, (begin, end) in tenures.items() if begin <= n < end and row["known"] < end]))
    return tenures


def job(r):
    j = alone(r)
    contract, months = j["contract"], len(j["periods"])
    j["tenures"] = pooled(r, j)
    if r.random() < .5:
        fee = {"charge": "fee", "model": "flat", "price": f"{r.randrange(50)}.{r.randrange(100):02}", "prorate": False, "tax_category": "standard"}
        j["plans"][0]["plan"]["charges"].append(fee)
    if r.random() < .5:
        contract["sla"] = [{"id": "s", **({"charges": ["h100", "l4"]} if r.random() < .5 else {"charges": ["a100", "h100", "l4"]}),
                            "bands": [{"below": "99.9", "percent": "10"}, {"below": "99", "percent": "25"}],
                            "measured": [{"month": label(n), "availability": r.choice(["98.5", "99.5", "99.95"])} for n in range(months) if r.random() < .6]}]
        if not contract["sla"][0]["measured"]:
            del contract["sla"]
    return j


def late_job(r):
    j = late.job(r)
    taken = [row for row in j["usage"] if row["quantity"].startswith("-")]
    j["usage"] = [row for row in j["usage"] if row not in taken]
    j["tenures"] = pooled(r, j)
    for row in taken:  # of whom used it
        of = next(x for x in j["usage"] if x["from"] == row["from"] and x["dimensions"] == row["dimensions"]
                  and int(x["quantity"]) >= -int(row["quantity"]))
        row["tenant"] = of["tenant"]
        if row["known"] < j["tenures"][row["tenant"]][1] and row["known"] > of["known"] and not of.get("taken"):
            of["taken"] = True
            j["usage"].append(row)
    return j


# ------------------------------------------------------------------------------------------ the model


class Pool(Account):
    """A pool's months: the account is one tenant's; then it is parted."""

    def __init__(self, job):
        super().__init__(job)
        self.tenures, self.sla = job["tenures"], self.contract.get("sla", [])
        self.own = []  # by month: {tenant: {charge: cents}}

    def pieces(self, n, charge):
        if "price_unit" in charge:
            return super().pieces(n, charge)
        return [(BORDERS[n + 1] - 1, F(charge["price"]))]

    def parts(self, n, charge, cents):
        """What of a charge is a tenant's, by the exact amounts of its use; what nobody used is the payer's."""
        if "price_unit" not in charge:
            return {"t": cents}
        names = sorted(self.tenures)
        exact = [sum((F(charge["price"]) * int(u["quantity"]) for u in self.usage if u["tenant"] == name and u["dimensions"]["sku"] == charge["charge"]
                      and BORDERS[n] <= instant(u["from"]) < BORDERS[n + 1]), F(0)) for name in names]
        return dict(zip(names, hamilton(cents, exact))) if any(exact) else {}

    def credited(self, n, name):
        """{(level, category): cents below zero} for the month before."""
        out = {}
        if n == 0 or name not in self.own[n - 1]:
            return out
        for s in self.sla:
            for measure in s["measured"]:
                percent = next((F(b["percent"]) for b in sorted(s["bands"], key=lambda b: F(b["below"])) if F(measure["availability"]) < F(b["below"])), F(0))
                for category in self.rates if measure["month"] == label(n - 1) else ():
                    nets = [cents for charge, cents in self.own[n - 1][name].items() if holds(s, charge) and self.category[charge] == category]
                    out[s["id"], category] = half_away(-percent * sum(nets) / 100)
        return out

    def month(self, n):
        """{tenant: what its document says}, the payer's with the account."""
        self.category = {c["charge"]: c["tax_category"] for c in self.charges}
        exact = {c["charge"]: self.pieces(n, c) for c in self.charges}
        nets = {name: half_away(sum((x for _, x in parts), F(0)), 2) for name, parts in exact.items()}
        self.nets.append(nets)
        here = [name for name, (begin, end) in sorted(self.tenures.items()) if begin <= n < end]
        own = {name: {} for name in here}
        for c in self.charges:
            for name, cents in self.parts(n, c, nets[c["charge"]]).items():
                if name in own:
                    own[name][c["charge"]] = cents
        self.own.append({name: dict(lines) for name, lines in own.items()})
        lines = [(c["charge"], nets[c["charge"]]) for c in self.charges]
        for k in self.contract["commitments"]:
            cents = self.owed(k, BORDERS[n + 1])
            if cents:
                lines.append((k["id"], cents))
                own["t"][k["id"]] = cents
                self.category[k["id"]] = "standard"
        levels = {name: self.credited(n, name) for name in here}
        most = max(0, sum(cents for _, cents in lines) + sum(sum(x.values()) for x in levels.values()))
        burns, shares = self.share(n, self.events(n, lines, exact, most, "before_tax"), own)
        return {name: self.document(n, name, own[name], levels[name], shares[name], exact, burns if name == "t" else {}) for name in here}

    def events(self, n, lines, exact, most, apply):
        cuts = [(at, order, name, part, name) for order, (name, cents) in enumerate(lines) if cents > 0
                for at, part in cut(self.grants, apply, name, BORDERS[n], BORDERS[n + 1], cents, exact.get(name) or [(BORDERS[n + 1] - 1, F(1))])]
        left = {g["id"]: g["left"] for g in self.grants}
        events = burn(self.grants, left, cuts, most, apply)
        for g in self.grants:
            g["left"] = left[g["id"]]
        return events

    def share(self, n, events, own):
        burns, shares = {}, {name: {} for name in own}
        for grant, _, charge, cents in events:
            burns[grant, charge] = burns.get((grant, charge), 0) + cents
            left = [own[name].get(charge, 0) - sum(x for (_, of), x in shares[name].items() if of == charge) for name in sorted(own)]
            for name, part in zip(sorted(own), hamilton(cents, left)):
                if part:
                    shares[name][grant, charge] = shares[name].get((grant, charge), 0) + part
        return burns, shares

    def document(self, n, name, own, levels, shares, exact, burns):
        nets = {charge: cents - sum(x for (_, of), x in shares.items() if of == charge) for charge, cents in own.items()}
        taxes = {c: half_away(F(sum(x for charge, x in nets.items() if self.category[charge] == c) + sum(x for (_, of), x in levels.items() if of == c))
                              * rate / 100) for c, rate in self.rates.items()}
        net = sum(nets.values()) + sum(levels.values())
        total, after = net + sum(taxes.values()), {}
        if name == "t":
            gross = {charge: max(0, cents) for charge, cents in nets.items()}
            for c, tax in taxes.items():
                names = [charge for charge in own if self.category[charge] == c]
                for charge, part in zip(names, hamilton(tax, [max(0, nets[x]) for x in names]) if tax > 0 else [0] * len(names)):
                    gross[charge] += part
            for grant, _, charge, cents in self.events(n, list(gross.items()), exact, max(0, total), "after_tax"):
                after[grant, charge] = after.get((grant, charge), 0) + cents
            for g in self.grants:
                if g["end"] <= BORDERS[n + 1]:
                    g["left"] = 0
        lines = {charge: cents for charge, cents in own.items() if cents}
        for (level, _), cents in levels.items():
            lines[level] = lines.get(level, 0) + cents
        mine = {"lines": {k: v for k, v in lines.items() if v}, "shares": {**shares, **after}, "credits": -sum(shares.values()), "net": net,
                "total": total, "payable": total - sum(after.values()), "burns": {**burns, **after}}
        return {**mine, "left": {g["id"]: g["left"] for g in self.grants if g["at"] < BORDERS[n + 1]} if name == "t" else {}}


# -------------------------------------------------------------------------------------------- judging


def sums(rows):
    out = {}
    for row in rows:
        key = row["credit"], row["charge"]
        out[key] = out.get(key, 0) + minor(row["amount"], 2)
    return out


def said(document):
    settlement, lines, credits = document["settlement"], {}, 0
    for line in document["lines"]:
        if line["kind"] == "credit":
            credits += minor(line["amount"], 2)
        else:
            lines[line["charge"]] = lines.get(line["charge"], 0) + minor(line["amount"], 2)
    return {"lines": {k: v for k, v in lines.items() if v}, "shares": sums(settlement["own_burns"]), "credits": credits, "net": minor(document["net"], 2),
            "total": minor(document["total"], 2), "payable": minor(settlement["payable"], 2), "burns": sums(settlement["burns"]),
            "left": {row["id"]: minor(row["closing"], 2) for row in settlement["credits"]}}


def differences(job, months):
    pool = Pool(job)
    for n, documents in enumerate(months):
        mine = pool.month(n)
        if sorted(mine) != sorted(documents):
            yield f"{label(n)}: documents of {sorted(documents)}, recomputed {sorted(mine)}"
            return
        for name in mine:
            theirs = said(documents[name])
            yield from (f"{label(n)} of {name}: {what} {theirs[what]}, recomputed {mine[name][what]}" for what in mine[name] if mine[name][what] != theirs[what])


# ------------------------------------------------------------------------------------------ late usage


def of_payer(months):
    """The payer's documents as those of one tenant that used everything."""
    out = []
    for documents in months:
        document = json.loads(json.dumps(documents["t"]).replace("/t\"", "\""))
        amounts = document["settlement"]["amounts"]
        document["lines"] = [row for row in amounts if "original" not in row]
        document["adjustments"] = [{"original": row["original"], "lines": [row]} for row in amounts if "original" in row]
        out.append(document)
    return out


def parted(job, months):
    stays = all(end == 99 for _, end in job["tenures"].values())
    nets, burnt, whole = {}, {}, {}
    for n, documents in enumerate(months):
        for name, document in documents.items():
            credits = 0
            for of, lines in [(label(n), document["lines"]), *((a["original"].split("/")[0], a["lines"]) for a in document["adjustments"])]:
                for line in lines:
                    cents = minor(line["amount"], 2)
                    if line["kind"] == "credit":
                        credits += cents
                    else:
                        nets[name, of, line["charge"]] = nets.get((name, of, line["charge"]), 0) + cents
            for row in document["settlement"]["own_burns"]:
                key = name, row.get("original", label(n)).split("/")[0], row["credit"], row["charge"]
                burnt[key] = burnt.get(key, 0) + minor(row["amount"], 2)
                credits += minor(row["amount"], 2)
            if credits:
                yield f"{label(n)} of {name}: lines of credits are not its burns, {credits} apart"
        for (of, grant, charge), cents in late.said(of_payer([documents])[0]).items():
            whole[of, grant, charge] = whole.get((of, grant, charge), 0) + cents
        found, by_amount = {}, {}
        for (name, of, grant, charge), cents in burnt.items():
            found[of, grant, charge] = found.get((of, grant, charge), 0) + cents
            by_amount[name, of, charge] = by_amount.get((name, of, charge), 0) + cents
            if cents < 0 and (name != "t" or stays):
                yield f"{label(n)} of {name}: {cents} burnt of {grant} for {charge} of {of}"
        if {k: v for k, v in found.items() if v} != {k: v for k, v in whole.items() if v}:
            yield f"{label(n)}: the parts {found} are not the pool's {whole}"
        for key, cents in by_amount.items():
            if cents > max(0, nets.get(key, 0)) and stays and not any(v < 0 for (_, of, charge), v in nets.items() if (of, charge) == key[1:]):
                yield f"{label(n)}: {cents} burnt for {key}, which costs {nets.get(key, 0)}"


def judge(job, months):
    if not job["is_late"]:
        return list(differences(job, months))
    documents = of_payer(months)
    stays = all(end == 99 for _, end in job["tenures"].values())
    found = list(late.differences(job, documents)) if stays else []
    for document in documents:  # lines of credits and payable are judged member by member
        document["lines"] += [{"kind": "credit", "amount": f"{-cents / 100:.2f}"} for cents in late.said(document).values()]
        document["settlement"]["payable"] = document["total"]
    return found + list(late.laws(job, documents)) + list(parted(job, months))


def spoil(months, defect):
    for documents in months:
        for document in documents.values():
            rows = {"line": document["lines"], "share": document["settlement"]["own_burns"], "balance": document["settlement"]["credits"]}[defect]
            if rows:
                name = "closing" if defect == "balance" else "amount"
                rows[0][name] = f"{abs(minor(rows[0][name], 2)) // 100 + 1000}.00"
                return


def make(r, n, defect):
    is_late = n % 3 == 2 and not defect
    return {**(late_job if is_late else job)(r), "is_late": is_late}


def is_moved(job, documents):
    return job["is_late"] and late.is_moved(job, [d["t"] for d in documents])


def main():
    return compare("pools of up to six months", make, judge, spoil, is_moved)


if __name__ == "__main__":
    sys.exit(main())
