#!/usr/bin/env python3
"""Recomputes a tenant's invoices from the exported book, independently: fractions, no code of the product.

    recompute.py --entries ENTRIES.ndjson --contract FILE ... --plan FILE ... --invoice FILE ... [--member TENANT=ENTRIES.ndjson ...] [--beside FILE ...]

ENTRIES: `daybook-ledger export entries --tenant T`, all of them; of the other tenants of a pool by --member. Contracts and plans in every version that
the invoices name (by hash). The tenant's invoices from the first on, in order, as `show --json` gives them:
each is judged with those before it, for its ranges, for what it carries on, and for the difference of late
usage, which is what a period costs with what this cut knows less what it cost with what the last one knew.
Of a pool --beside names the other members' documents, whose sums are compared with the pool's. Without the others' entries
a member's document is judged as far as its own go, and what is not judged is said.
Prints one line for each value that differs; exit 1 on any, else 2 where something could not be judged.
"""
import argparse, copy, datetime, hashlib, json, sys, zoneinfo
from fractions import Fraction as F

import account
import pool_documents
import prices
from pool_chain import OfPool, members_of
from prices import half_away, instant, minor


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


# ------------------------------------------------------------------------------------ the book

class Book:
    """A tenant's entries by stream, ascending."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        rows.sort(key=lambda r: int(r["stream_seq"]))
        self.usage = [r for r in rows if r["kind"] in ("usage", "correction", "exclusion")]
        self.money = [r for r in rows if r["stream"] == 1]
        for r in self.usage:
            r["at"] = instant(r["from"])
            r["length_seconds"] = instant(r["to"]) - r["at"]

    def known(self, size, period):
        """Usage of a period's windows among the log's first `size` entries."""
        start, end = period
        return [r for r in self.usage if r["idx"] < size and r["kind"] != "exclusion" and start <= r["at"] < end]


def leaf_hash(entry):
    leaf = bytes.fromhex(entry["checksum"] + entry["signature"] + entry["writer"])
    return hashlib.sha256(b"\0" + leaf).digest()


def entry_set(entries):
    """As a document states a set: how many, and SHA-256 over their leaf hashes in the stream's order."""
    return {"count": len(entries), "hash": sha256(b"".join(leaf_hash(e) for e in entries))}


def text(value):
    data = value.encode()
    return len(data).to_bytes(2, "big") + data


def descriptor(entry):
    """A series' bytes, as ledger/README.md has them."""
    kinds = {"sum": 1, "count": 2, "max": 3}
    pairs = sorted((k.encode(), k, v) for k, v in entry["dimensions"].items())
    return (b"\1" + text(entry["meter"]) + text(entry["unit"]) + entry["scale"].to_bytes(4, "big") +
            bytes([kinds[entry["aggregation"]]]) + len(pairs).to_bytes(2, "big") +
            b"".join(text(k) + text(v) for _, k, v in pairs))


# ----------------------------------------------------------------------------------- calendar

def border(billing, zone, year, month):
    """When the billing month of that calendar month begins: a day too late is the month's last, a
    local time that does not exist is the first instant after the gap, one that is twice the first."""
    month += 12 * year - 1
    year, month = month // 12, month % 12 + 1
    last = (datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(1)).day
    local = datetime.datetime(year, month, min(billing["day"], last), billing["hour"], billing["minute"])
    at = int(local.replace(tzinfo=zone, fold=0).timestamp())
    back = datetime.datetime.fromtimestamp(at, zone).replace(tzinfo=None)
    if back != local:  # in a gap: the offset's change, found by bisection
        low, high = at - 86400, at
        before = datetime.datetime.fromtimestamp(low, zone).utcoffset()
        while high - low > 1:
            middle = (low + high) // 2
            if datetime.datetime.fromtimestamp(middle, zone).utcoffset() == before:
                low = middle
            else:
                high = middle
        at = high
    return at


def period_of(contract, label):
    """[from, to) of the period whose first local day lies in the month `label`."""
    zone, (year, month) = zoneinfo.ZoneInfo(contract["zone"]), map(int, label.split("-"))
    return (max(border(contract["billing"], zone, year, month), instant(contract["from"])),
            min(border(contract["billing"], zone, year, month + 1), instant(contract.get("to"), prices.FAR)))


def label_of(contract, at):
    zone = zoneinfo.ZoneInfo(contract["zone"])
    local = datetime.datetime.fromtimestamp(at, zone)
    month = 12 * local.year + local.month - 1
    while border(contract["billing"], zone, month // 12, month % 12 + 1) > at:
        month -= 1
    return f"{month // 12}-{month % 12 + 1:02}"


def borders(contract, first):
    """Where the contract's periods begin, from one of them on; then its end."""
    zone, (year, month) = zoneinfo.ZoneInfo(contract["zone"]), map(int, label_of(contract, first).split("-"))
    end = instant(contract.get("to"), prices.FAR)
    later = (border(contract["billing"], zone, year, month + n) for n in range(1, 241))
    return [first, *(at for at in later if at < end), end]


# ---------------------------------------------------------------------------------- documents

class Chain(OfPool):
    """A tenant's documents so far, and what they leave to the next."""

    borders_of = staticmethod(borders)

    def __init__(self, book, contracts, plans, members=()):
        self.book = book
        self.members = dict(members)  # of a pool: the others' books by tenant
        self.contracts = {sha256(canonical(c)): c for c in contracts}
        self.plans = {sha256(canonical(p)): p for p in plans}
        self.documents = []  # (document, its contract, its plans, its period)
        self.usage_next = self.money_next = self.size = 0
        self.booked_at = -1
        self.forward = []
        self.rated = {}  # what was rated already, shared by copies
        self.taxed = {}  # (original's number, category, rate): minor units taken so far
        self.netted = {}  # and what they were taken of
        self.accounts = {}  # by contract: its settlements

    def rate(self, named, size):
        document, contract, plans, period = named
        key = document["contract"]["hash"], period, size
        if key not in self.rated:
            self.rated[key] = prices.rate(contract, plans, *period, [row for _, row in self.known(named, size)])
            account.add_short(contract, self.rated[key], *period)
        rated = self.rated[key]
        return {**rated, "lines": dict(rated["lines"]), "charges": dict(rated["charges"]), "order": list(rated["order"])}

    def known(self, named, size):
        """(index, row) of the usage of who is rated together; in a pool each row has its tenant."""
        document, contract, _, period = named
        own = document["tenant"]["id"]
        rows = []
        for tenant in members_of(contract, period):
            book = self.book if tenant == own else self.members[tenant]
            rows += [(r["idx"], {**r, "tenant": tenant}) for r in book.known(size, period)]
        return rows

    def own(self, named, size):
        """The rating of the document: in a pool the tenant's share."""
        document, contract, _, _ = named
        rating = self.rate(named, size)
        return prices.share_of(contract, rating, document["tenant"]["id"]) if "pool" in contract else rating

    def copy(self):
        other = copy.copy(self)
        other.documents, other.taxed, other.netted = list(self.documents), dict(self.taxed), dict(self.netted)
        other.accounts = copy.deepcopy(self.accounts)
        return other

    def judge(self, document):
        """One sentence for each value of the next document that differs."""
        self.found, self.unjudged = [], []
        named = self.terms(document)
        if named is None:
            return self.found
        size = document["cut"][0]["size"]
        late = self.ranges(document, named[1], named[3], size)
        own = self.stated(named) if self.lacks(named) else self.own(named, size)
        sections = []
        for earlier in self.documents:
            if label_named(earlier) in late:
                sections.append(self.stated_section(named, earlier) if self.lacks(earlier) else self.late_section(earlier, size))
        sections = [s for s in sections if s[3]["lines"]]
        settled = self.settle(named, own, sections) if account.has_money(named[1]) else None
        self.adjustments(document, own, sections, settled)
        self.found += prices.compare(own, document)
        self.pool(named, size)
        self.settlement(document, named, own, settled)
        self.booked(document, own["exponent"])
        for key, (net, tax) in self.own_taxes.items():
            self.taxed[(document["number"],) + key] = tax
            self.netted[(document["number"],) + key] = net
        self.documents.append(named)
        self.size = size
        return self.found

    def same(self, what, theirs, mine):
        if theirs != mine:
            self.found.append(f"{what}: {theirs}, recomputed {mine}")

    def late_section(self, earlier, size):
        then, now = self.rate(earlier, self.size), self.rate(earlier, size)
        return earlier, now, then, self.late(earlier, size) if "pool" in earlier[1] else prices.difference(now, then)

    def settle(self, named, own, sections):
        """What follows from the contract's documents so far: lines, and more sections."""
        _, contract, _, period = named
        if "pool" in contract:
            return self.settle_pool(named, own, sections)
        mine = {d[0]["number"]: d for d in self.documents if d[1]["contract"] == contract["contract"]}
        settled = self.accounts.setdefault(contract["contract"], account.Account(borders))
        moved = [[d["number"], now, difference] for (d, *_), now, _, difference in sections if d["number"] in mine]
        settled.document(contract, own, moved, *period)
        sections[:] = [s for s in sections if s[0][0]["number"] not in mine]
        sections += [(mine[number], now, None, difference) for number, now, difference in moved if difference["lines"]]
        return settled

    def settlement(self, document, named, own, settled):
        if ("settlement" in document) != (settled is not None):
            self.found.append("settlement: there is one, or none, against the contract")
        elif settled:
            total = sum(n + t for n, t in own["taxes"].values())
            if "pool" in named[1]:
                self.settled_pool(named, settled, total)
                return
            settled.payments(self.own_taxes, self.section_taxes, total)
            seller = named[1]["legal_entity"]["id"]
            for what, theirs, mine in settled.compare(document["settlement"], named[1]["tenant"], seller, self.section_taxes):
                self.same(f"settlement, {what}", theirs, mine)
            settled.keep(document["number"], document["period"]["label"])

    def terms(self, document):
        """The contract and plans that it names, its parties, dates and period."""
        contract = self.contracts.get(document["contract"]["hash"])
        plans = {(p["plan"], p["version"]): self.plans.get(p["hash"]) for p in document["plans"]}
        if contract is None or None in plans.values():
            self.found.append("contract or plans: not those that are given")
            return None
        period = period_of(contract, document["period"]["label"])
        for name, key in (("seller", "legal_entity"), ("customer", "customer"), ("currency", "currency")):
            self.same(name, document[name], contract[key])
        self.same("tax_hash", document["tax_hash"], sha256(canonical(contract["tax"])))
        self.same("period", tuple(instant(document["period"][k]) for k in ("from", "to")), period)
        if self.documents:
            self.same("period's begin", period[0], self.documents[-1][3][1])
        self.same("plans", set(plans), {(p["plan"], p["version"]) for p in contract["plans"]})
        due = datetime.date.fromisoformat(document["issue_date"]) + datetime.timedelta(contract.get("payment_terms_days", 30))
        self.same("due date", document["due_date"], due.isoformat())
        return document, contract, plans, period

    def ranges(self, document, contract, period, size):
        """Entries that it covers, and what it leaves; the labels of the periods that they touch."""
        stated, known = document["entries"], [r for r in self.book.usage if r["idx"] < size]
        end = len(known)
        self.same("usage range", stated["usage"], {"from_seq": self.usage_next, "to_seq": end, "next": end})
        self.same("usage stream", [int(r["stream_seq"]) for r in known], list(range(end)))
        self.same("carried", document["carried"], entry_set(self.forward))
        range_ = self.forward + known[self.usage_next:]
        self.forward = [r for r in range_ if r["at"] >= period[1]]
        self.same("forward", document["forward"], entry_set(self.forward))
        totals, series = {}, {}
        for r in range_:
            if r["at"] < period[1]:
                total = totals.setdefault((label_of(contract, r["at"]), r["series"]), [0, 0])
                total[0] += int(r["quantity"])
                total[1] += 1
                if r["series"] not in series:
                    series[r["series"]] = descriptor(r).hex()
        theirs = {(t["period"], t["series"]): [int(t["quantity"]), t["entries"]] for t in document["usage"]}
        for key in sorted(set(totals) | set(theirs)):
            self.same(f"usage of {key}", theirs.get(key), totals.get(key))
        self.same("series", {s["series"]: s["descriptor"] for s in document["series"]}, series)
        for name, bytes_ in series.items():
            self.same("series hash", name, sha256(bytes.fromhex(bytes_)))
        self.usage_next = end
        return {label for label, _ in totals}

    def adjustments(self, document, own, sections, settled):
        """Differences and their tax. Tax is taken once on a document's nets, own ones first: a
        section's tax is the step that it makes, or, where it empties an original, what was taken there."""
        e = own["exponent"]
        contract = self.contracts[document["contract"]["hash"]]
        self.own_taxes, self.section_taxes = dict(own["taxes"]), {}

        def tax_of(key, net):
            return prices.taxes_of(contract, {key: net})[key][1]
        nets = {k: n for k, (n, _) in own["taxes"].items()}
        back = {}
        stated = {s["original"]: s for s in document["adjustments"]}
        self.same("originals", [s["original"] for s in document["adjustments"]], [d["number"] for (d, *_), *_ in sections])
        for (original, agreed, *_), now, then, mine in sections:
            number = original["number"]
            taxes = {}
            for key, amount in mine["lines"].items():
                taxes[key[1:3]] = taxes.get(key[1:3], 0) + amount
            for key, net in taxes.items():
                before = tax_of(key, nets.get(key, 0))
                billed = self.netted.get((number,) + key, 0)
                self.netted[(number,) + key] = billed + net
                emptied = billed + net == 0 != billed if settled or "pool" in agreed else \
                    now["taxes"].get(key, (0, 0))[0] == 0 != then["taxes"].get(key, (0, 0))[0]
                if emptied:
                    tax = -self.taxed.get((number,) + key, 0)
                    n, t = back.get(key, (0, 0))
                    back[key] = n + net, t + tax
                else:
                    nets[key] = nets.get(key, 0) + net
                    tax = tax_of(key, nets[key]) - before
                taxes[key] = net, tax
                self.taxed[(number,) + key] = self.taxed.get((number,) + key, 0) + tax
            self.section_taxes[number] = taxes
            if number in stated:
                self.section(stated[number], original, mine, taxes, e)
        totals = {k: (n, tax_of(k, n)) for k, n in nets.items()}
        for key, (net, tax) in back.items():
            n, t = totals.get(key, (0, 0))
            totals[key] = n + net, t + tax
        own["taxes"] = totals

    def section(self, stated, original, mine, taxes, e):
        where = f"adjustment of {original['number']}"
        self.same(f"{where}, its hash", stated["original_hash"], sha256(canonical(original)))
        self.found += prices.compare_difference(mine, stated["lines"], where)
        theirs = {(t["category"], F(t["rate"])): (minor(t["net"], e), minor(t["tax"], e)) for t in stated["taxes"]}
        self.same(f"{where}, taxes", theirs, taxes)
        self.same(f"{where}, net", minor(stated["net"], e), sum(n for n, _ in taxes.values()))
        self.same(f"{where}, tax", minor(stated["tax"], e), sum(t for _, t in taxes.values()))

    def booked(self, document, exponent):
        """The money stream: the document's entry, its range before it, its transfer after it."""
        content = sha256(canonical(document))
        place = next((i for i, r in enumerate(self.book.money) if r["kind"] == "document" and i > self.booked_at), None)
        if place is None:
            self.found.append("document: the book has no other")
            return
        if self.book.money[place]["content_hash"] != content:
            self.found.append("document: not the content whose hash is in the book")
        self.same("money range", document["entries"]["money"],
                  {"from_seq": self.money_next, "to_seq": place, "next": place})
        self.money_next = self.booked_at = place
        content = self.book.money[place]["content_hash"]
        total = minor(document["total"], exponent)
        self.same("kind", document["document"], "credit_note" if total < 0 else "invoice")
        transfers = [r for r in self.book.money if r["kind"] == "transfer" and r["document"] == content]
        self.same("transfer", [(int(r["stream_seq"]), int(r["amount"]), r["currency"], r["exponent"], r["code"])
                               for r in transfers],
                  [(place + 1 + i, amount, document["currency"], exponent, code) for i, (amount, code) in enumerate(
                      ([(abs(total), 2 if total < 0 else 1)] if total else []) +
                      [(minor(t["amount"], exponent), t["code"]) for t in document.get("settlement", {}).get("transfers", [])])])


def label_named(named):
    return named[0]["period"]["label"]


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--entries", required=True)
    for name in ("contract", "plan", "invoice"):
        a.add_argument("--" + name, action="append", required=True, metavar="FILE")
    a.add_argument("--member", action="append", default=[], metavar="TENANT=FILE")
    a.add_argument("--beside", action="append", default=[], metavar="FILE")
    o = a.parse_args()
    members = [(tenant, Book(path)) for tenant, _, path in (m.partition("=") for m in o.member)]
    chain = Chain(Book(o.entries), map(read_json, o.contract), map(read_json, o.plan), members)
    documents, beside = list(map(read_json, o.invoice)), list(map(read_json, o.beside))
    count = unjudged = 0
    for document in documents:
        try:
            found = chain.judge(document)
        except ValueError as error:
            found = chain.found + [str(error)]
        if beside and "pool" in document:
            sums = pool_documents.Sums(document, documents + beside)
            found += sums.found
            chain.unjudged += sums.unjudged
        for f in found:
            print("DIFFERS", document["number"], f)
        for what in chain.unjudged:
            print("NOT JUDGED", document["number"], what)
        print(f"{document['number']}: {len(found)} differences" + (f", {len(chain.unjudged)} not judged" if chain.unjudged else ""))
        count, unjudged = count + len(found), unjudged + len(chain.unjudged)
    return 1 if count else 2 if unjudged else 0


if __name__ == "__main__":
    sys.exit(main())
