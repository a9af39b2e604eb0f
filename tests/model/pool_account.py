"""The settlement of a pool again: one account of all its documents together, then what of it is each document's.

Documents are named by their period's label: each member has one. Account (account.py) settles the pool as one tenant
that used everything; a Party has its own tenant's amounts, service levels and its parts of the burns.
"""
from account import Account, put_line
from prices import NO_LINE, hamilton, minor
from prices.numbers import F

KINDS = {"r": "reservation", "s": "spend_plan", "k": "commitment", "a": "sla", "c": "credit"}


def is_kind(key, letter):
    return key[0][0] == letter


class Party(Account):
    """A member's documents."""

    def __init__(self, borders):
        super().__init__(borders)
        self.parted, self.before_parted = [], []  # (grant, document, stage, key, instant, cents): this document's, earlier ones'

    def own_burns(self):
        return self.parted

    def begin(self, *words):
        super().begin(*words)
        self.parted, self.accounts, self.burns = [], {}, []

    def place(self, label, here):
        """Which of its documents that is; None where it had none."""
        return self.here if label == here else self.labels.index(label) if label in self.labels else None

    def net(self, j, key):
        return self.own["charges"].get(key, 0) if j == self.here else self.now[j].get(key, 0)

    def burnt(self, j, key, grant=None):
        return sum(b[5] for b in self.before_parted + self.parted if b[1:4] == (j, "before_tax", key) and grant in (None, b[0]))

    def last_standing(self, j, key):
        """Its last burn there of which something is left: (grant, instant, what is left)."""
        mine = [b for b in self.before_parted + self.parted if b[1:4] == (j, "before_tax", key)]
        for grant, *_, at, _ in reversed(mine):
            left = sum(b[5] for b in mine if (b[0], b[4]) == (grant, at))
            if left > 0:
                return grant, at, left
        return None

    def finish(self):
        self.credit_lines()
        self.own_order = self.ordered(self.here, [key for key in self.own["charges"] if not is_kind(key, "c")])
        self.tax()

    def keep(self, number, label):
        before = self.before_parted + [b for b in self.parted if b[2] == "before_tax"]
        self.new_burns, self.accounts = [], {}
        super().keep(number, label)
        self.before_parted = before


class PoolAccount:
    def __init__(self, borders):
        self.borders, self.whole, self.parties = borders, Account(borders), {}

    def document(self, contract, rating, own, late, period, label):
        """rating: of all together; own: {tenant: its rating}, the payer first; late: {tenant: [[label, the period's new rating, difference]]}."""
        self.contract, self.here, self.payer = contract, label, contract["tenant"]
        self.now = [self.parties.setdefault(tenant, Party(self.borders)) for tenant in own]
        self.tenants = list(own)
        for party, tenant in zip(self.now, own):
            party.begin(contract, own[tenant], late[tenant], *period)
            party.slas()
        self.whole.begin(contract, rating, self.merged(late), *period)
        self.commitments()
        self.levels()
        self.whole.open()
        self.whole.before_tax()
        self.part()
        for party in self.now:
            party.finish()
        payer = self.parties[self.payer]
        payer.rows, payer.accounts, payer.new_burns, payer.burns = self.whole.rows, self.whole.accounts, self.whole.new_burns, self.whole.burns

    def merged(self, late):
        """All members' sections of a period as one."""
        found = {}
        for tenant in late:
            for label, now, difference in late[tenant]:
                into = found.setdefault(label, [label, now, {"lines": {}, "quantities": {}, "order": difference["order"], "payer": self.payer,
                                                             "exponent": difference["exponent"]}])[2]
                for key, cents in difference["lines"].items():
                    line = key[:3] + (NO_LINE, self.payer)
                    into["lines"][line] = into["lines"].get(line, 0) + cents
                    units = into["quantities"].setdefault(line, {})
                    for divisor, base in difference["quantities"].get(key, {}).items():
                        units[divisor] = units.get(divisor, 0) + base
        return sorted(found.values(), key=lambda section: self.whole.numbers.index(section[0]))

    def commitments(self):
        """What they owe is the payer's, of late usage too."""
        payer = self.parties[self.payer]
        known = set(self.whole.own["charges"])
        before = {label: dict(difference["lines"]) for label, _, difference in self.whole.sections}
        self.whole.commitments()
        for key, cents in self.whole.own["charges"].items():
            if key not in known:
                put_line(payer.own, key, cents)
        for label, _, difference in list(self.whole.sections):
            for line, cents in difference["lines"].items():
                more = cents - before.get(label, {}).get(line, 0)
                if more:
                    j = payer.labels.index(label)
                    payer.section_line(j, line[:3], more)
                    payer.now[j][line[:3]] = payer.now[j].get(line[:3], 0) + more

    def levels(self):
        """Service levels of all: they bound what is burnt."""
        for party in self.now:
            for key, cents in party.own["charges"].items():
                if is_kind(key, "a"):
                    put_line(self.whole.own, key, cents)

    # ------------------------------------------------------------------------- burns, in parts

    def by_tenant(self):
        return [self.parties[tenant] for tenant in sorted(self.tenants)]

    def label(self, j):
        return self.here if j == self.whole.here else self.whole.labels[j]

    def weights(self, label, key, grant, is_back):
        out = []
        for party in self.by_tenant():
            j = party.place(label, self.here)
            weight = 0 if j is None else party.burnt(j, key, grant) if is_back else party.net(j, key) - party.burnt(j, key)
            out.append(max(0, weight))
        return out

    def spread(self, grant, label, key, at, cents):
        weights = self.weights(label, key, grant, cents < 0)
        parts = hamilton(abs(cents), weights) if sum(weights) > abs(cents) else weights
        rest = abs(cents) - sum(parts)
        for party, part in zip(self.by_tenant(), parts):
            part += rest if party is self.parties[self.payer] else 0
            if part:
                party.parted.append((grant, party.place(label, self.here), "before_tax", key, at, part if cents > 0 else -part))

    def part(self):
        for grant, j, _, key, at, cents in self.whole.new_burns:
            self.spread(grant, self.label(j), key, at, cents)
        if self.whole.accounts:
            for label, _, difference in self.whole.sections:
                for line in difference["lines"]:
                    if not is_kind(line, "c"):
                        for party in self.by_tenant():
                            self.hand_over(party, label, line[:3])

    def hand_over(self, party, label, key):
        """Where late usage left less than was burnt, the last burns pay for the others."""
        j = party.place(label, self.here)
        excess = 0 if j is None else party.burnt(j, key) - max(0, party.net(j, key))
        while excess > 0 and (found := party.last_standing(j, key)):
            grant, at, left = found
            part = min(excess, left, sum(self.weights(label, key, None, False)))
            if part <= 0:
                return
            self.spread(grant, label, key, at, part)
            party.parted.append((grant, j, "before_tax", key, at, -part))
            excess -= part

    # ------------------------------------------------------------------------------- documents

    def payments(self, tenant, own_taxes, taxes_of_sections, total):
        party = self.parties[tenant]
        party.payments(own_taxes, taxes_of_sections, total)
        if tenant == self.payer:
            party.parted += [b for b in party.new_burns if b[2] == "after_tax"]

    def compare(self, tenant, stated, seller, taxes_of_sections, labels):
        """labels: of the tenant's documents by number."""
        party = self.parties[tenant]
        stated = {name: [{**row, "original": labels.get(row["original"], row["original"])} if "original" in row else row for row in rows]
                  if isinstance(rows, list) else rows for name, rows in stated.items()}
        yield from party.compare(stated, tenant, seller, taxes_of_sections)
        yield "own burns", party.stated_burns(stated.get("own_burns", [])), party.shown_burns(party.parted)
        theirs = {}
        for row in stated.get("amounts", []):
            key = row.get("original", ""), row["kind"], row["charge"], row["tax_category"], F(row["rate"])
            theirs[key] = theirs.get(key, 0) + minor(row["amount"], party.e)
        yield "the pool's amounts", {k: v for k, v in theirs.items() if v}, self.amounts() if tenant == self.payer else {}

    def amounts(self):
        sums, whole = {}, self.whole
        rows = [("", key, cents) for key, cents in whole.own["charges"].items()]
        rows += [(label, line[:3], cents) for label, _, difference in whole.sections for line, cents in difference["lines"].items()]
        for label, key, cents in rows:
            if not is_kind(key, "c"):
                name = label, KINDS.get(key[0][0], "charge"), key[0][1], *key[1:]
                sums[name] = sums.get(name, 0) + cents
        return {k: v for k, v in sums.items() if v}

    def keep(self):
        """What was paid after tax is known to the payer's chain alone, and asked for by no other."""
        self.whole.close()
        self.whole.keep(self.here, self.here)
        for party in self.now:
            party.keep(self.here, self.here)
