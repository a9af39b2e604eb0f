"""The settlement of a contract's documents again: commitments, service levels, credits, another currency.

An amount is what a document's (charge, category, rate) costs before credits, in minor units; late usage
changes it. Burns before tax are those of a run over all documents with what is known now, less those of a run
with what was known: a section of each document has the difference.
"""
import collections
import datetime
import zoneinfo

from prices import NO_LINE, half_away, hamilton, instant, minor, tax_rate, taxes_of
from prices.numbers import F, FAR
from prices.settlement import burn, burn_order, cut, holds, intervals, owed, settle, short_intervals

MONEY = ("commitments", "credits", "sla", "fx")
SETTLED = "kac"  # commitments, service levels, credits: the rest is use


def has_money(contract):
    return any(contract.get(name) for name in MONEY)


def is_short(k):
    return isinstance(k["interval"], dict) and "months" not in k["interval"]


def text(amount, exponent):
    return f"{'-' if amount < 0 else ''}{abs(amount) // 10 ** exponent}" + (f".{abs(amount) % 10 ** exponent:0{exponent}}" if exponent else "")


def values_of(line):
    return {name: value.decode() if is_there else None for name, (is_there, value) in zip(line[3][1], line[3][0])}


def put_line(rating, key, cents):
    """A line of its own, after those that are there."""
    rating["charges"][key] = rating["charges"].get(key, 0) + cents
    if cents:
        rating["lines"][key + (NO_LINE, rating["payer"])] = cents
    if key[0] not in rating["order"]:
        rating["order"].append(key[0])


def add_short(contract, rating, start, end):
    """Commitments inside a period count exact amounts, before their rounding."""
    for k in filter(is_short, contract.get("commitments", [])):
        pieces = [(at, x) for key, parts in rating["pieces"].items() if key[0][0] not in SETTLED and holds(k, key[0][1]) for at, x in parts]
        category, sums = k.get("tax_category", "standard"), collections.Counter()
        parts = short_intervals(k, contract["zone"], start, end)
        for row in settle(k, parts, lambda a, b: sum((x for at, x in pieces if a <= at < b), F(0)), end):
            sums[tax_rate(contract, category, row["to"] - 1)] += owed(row)
        for percent, exact in sums.items():
            put_line(rating, (("k", k["id"]), category, percent), half_away(exact, rating["exponent"]))
    nets = collections.Counter()
    for key, cents in rating["charges"].items():
        nets[key[1:3]] += cents
    rating["taxes"] = taxes_of(contract, nets)


class Account:
    def __init__(self, borders):
        self.borders = borders  # (contract, first instant) -> where its periods begin
        self.numbers, self.periods, self.labels, self.orders, self.fx = [], [], [], [], []
        self.amounts, self.pieces, self.lines, self.units, self.granted = [], [], [], [], []
        self.burns = []  # (grant, document, stage, key, instant, cents)
        self.left, self.before, self.closed, self.credited = {}, {}, set(), set()

    # ----------------------------------------------------------------------------- the document

    def begin(self, contract, own, sections, start, end):
        self.contract, self.own, self.sections = contract, own, sections
        self.start, self.end, self.here, self.e = start, end, len(self.numbers), own["exponent"]
        self.grants = sorted(contract.get("credits", []), key=burn_order)
        self.now = [dict(a) for a in self.amounts]
        self.now_units = [dict(u) for u in self.units]
        self.new_burns, self.rows, self.sla_rows, self.fx_rate = [], [], [], None
        for number, _, difference in sections:
            self.change(self.numbers.index(number), difference)

    def document(self, contract, own, sections, start, end):
        """Adds lines to the rating and to the sections, [[original's number, its new rating, difference]]."""
        self.begin(contract, own, sections, start, end)
        self.commitments()
        self.slas()
        self.open()
        self.before_tax()
        self.tax()

    def tax(self):
        nets = collections.Counter()
        for key, cents in self.own["charges"].items():
            nets[key[1:3]] += cents
        self.own["taxes"] = taxes_of(self.contract, nets)

    def change(self, j, difference):
        for key, cents in difference["lines"].items():
            self.now[j][key[:3]] = self.now[j].get(key[:3], 0) + cents
            for divisor, units in difference["quantities"].get(key, {}).items():
                if divisor:
                    self.now_units[j][key[0][1]] = self.now_units[j].get(key[0][1], F(0)) + F(units) / F(divisor)

    def section(self, j):
        for number, _, difference in self.sections:
            if number == self.numbers[j]:
                return difference
        made = {"lines": {}, "quantities": {}, "order": list(self.orders[j]), "payer": self.own["payer"], "exponent": self.e}
        self.sections.append([self.numbers[j], None, made])
        self.sections.sort(key=lambda s: self.numbers.index(s[0]))
        return made

    def section_line(self, j, key, cents):
        made = self.section(j)
        line = key + (NO_LINE, self.own["payer"])
        made["lines"][line] = made["lines"].get(line, 0) + cents
        if key[0] not in made["order"]:
            made["order"].append(key[0])

    # ----------------------------------------------------------------------------- commitments

    def used(self, k, amounts, units, with_own):
        def used(begin, end):
            total = F(0)
            places = list(zip(self.periods, amounts, units))
            if with_own:
                mine = {}
                for line, by_divisor in self.own["quantities"].items():
                    for divisor, base in by_divisor.items():
                        if divisor:
                            mine[line[0][1]] = mine.get(line[0][1], F(0)) + F(base) / F(divisor)
                places.append(((self.start, self.end), self.own["charges"], mine))
            for (at, _), nets, counted in places:
                if not begin <= at < end:
                    continue
                if "quantity" in k:
                    total += sum(n for name, n in counted.items() if holds(k, name))
                else:
                    total += F(sum(c for key, c in nets.items() if key[0][0] not in SETTLED and holds(k, key[0][1])), 10 ** self.e)
            return total
        return used

    def commitments(self):
        for k in self.contract.get("commitments", []):
            if is_short(k):
                continue
            category = k.get("tax_category", "standard")
            parts = list(intervals(k, self.borders(self.contract, instant(k["from"]))))
            then = settle(k, parts, self.used(k, self.amounts, self.units, False), self.start)
            now = settle(k, parts, self.used(k, self.now, self.now_units, True), self.end)
            for i, row in enumerate(now):
                key = (("k", k["id"]), category, tax_rate(self.contract, category, row["to"] - 1))
                if row["to"] > self.start:
                    self.rows.append((k, row))
                    if row["over"] and half_away(owed(row), self.e):
                        put_line(self.own, key, half_away(owed(row), self.e))
                elif i < len(then):
                    cents = half_away(owed(row), self.e) - half_away(owed(then[i]), self.e)
                    j = next((j for j, (_, end) in enumerate(self.periods) if end == row["to"]), None)
                    if cents and j is not None:
                        self.section_line(j, key, cents)
                        self.now[j][key] = self.now[j].get(key, 0) + cents

    # -------------------------------------------------------------------------- service levels

    def slas(self):
        for sla in self.contract.get("sla", []):
            for m in sla["measured"]:
                name = sla["id"], m["month"], m.get("region", "")
                if m["month"] not in self.labels or name in self.credited:
                    continue
                j, sums = self.labels.index(m["month"]), {}
                for (key, region), cents in self.lines[j].items():
                    if cents and key[0][0] not in SETTLED and holds(sla, key[0][1]) and (region == m.get("region") or "region" not in m):
                        sums[key[1:3]] = sums.get(key[1:3], 0) + cents
                bands = [b for b in sla["bands"] if F(m["availability"]) < F(b["below"])]
                percent = F(min(bands, key=lambda b: F(b["below"]))["percent"]) if bands else F(0)
                for (category, rate), net in sums.items():
                    cents = half_away(-F(net, 10 ** self.e) * percent / 100, self.e)
                    self.sla_rows.append((name, F(m["availability"]), percent, category, rate, net, cents))
                    put_line(self.own, (("a", sla["id"]), category, rate), cents)
                self.credited.add(name)

    # ------------------------------------------------------------------------- credits before tax

    def open(self):
        self.accounts = {}
        for g in self.grants:
            if instant(g["from"]) < self.end:
                granted = minor(g["amount"], self.e)
                more = granted - self.before.get(g["id"], 0)
                opening = self.left.get(g["id"], 0) + (0 if g["id"] in self.closed else more)
                self.accounts[g["id"]] = {"granted": granted, "more": 0 if g["id"] in self.closed else more, "opening": opening, "left": opening,
                                          "burnt": 0, "restored": 0, "breakage": 0, "closed": g["id"] in self.closed}

    def cuts(self, j, key, cents, apply, pieces):
        start, end = (self.start, self.end) if j == self.here else self.periods[j]
        return cut(self.grants, apply, key[0][1], start, end, cents, pieces)

    def ordered(self, j, amounts):
        order = self.own["order"] if j == self.here else self.orders[j] + [("k", k["id"]) for k in self.contract.get("commitments", [])]
        return sorted(amounts, key=lambda key: (order.index(key[0]), key[1], key[2]))

    def run(self, amounts, new_pieces):
        left, sums = {}, {}
        burnt = collections.Counter()
        for name, _, _, _, _, cents in self.burns:
            burnt[name] += cents
        gone = collections.Counter()
        for j, nets in enumerate(amounts):
            nets = {key: cents for key, cents in nets.items() if key[0][0] != "c"}
            left = {name: max(0, min(granted, burnt[name] if name in self.closed else granted) - gone[name]) for name, granted in self.granted[j].items()}
            claims = []
            for place, key in enumerate(self.ordered(j, nets)):
                pieces = new_pieces.get((j, key), self.pieces[j].get(key, []))
                claims += [(at, place, key[0][1], part, (j, key)) for at, part in (self.cuts(j, key, nets[key], "before_tax", pieces) if nets[key] > 0 else ())]
            for name, at, what, cents in burn(self.grants, left, claims, max(0, sum(nets.values())), "before_tax"):
                gone[name] += cents
                sums[name, *what, at] = cents
        return sums

    def book(self, name, j, stage, key, at, cents):
        account = self.accounts[name]
        if cents < 0:
            account["restored"] -= cents
            account["breakage" if account["closed"] else "left"] -= cents
        else:
            account["burnt"] += cents
            account["breakage" if account["closed"] else "left"] -= cents
        self.new_burns.append((name, j, stage, key, at, cents))

    def before_tax(self):
        moved = 0
        if self.sections:
            new_pieces = {}
            for number, rating, _ in self.sections:
                for key, parts in (rating["pieces"] if rating else {}).items():
                    new_pieces[self.numbers.index(number), key] = parts
            then, now = self.run(self.amounts, {}), self.run(self.now, new_pieces)
            for sign in (-1, 1):
                for what in dict.fromkeys([*reversed(then), *now] if sign < 0 else [*now, *then]):
                    cents = now.get(what, 0) - then.get(what, 0)
                    if cents * sign > 0:
                        name, j, key, at = what
                        self.book(name, j, "before_tax", key, at, cents)
                        moved += cents
        nets = self.own["charges"]
        most = max(0, sum(sum(d["lines"].values()) for _, _, d in self.sections) - moved + sum(nets.values()))
        claims = [(at, place, key[0][1], part, key) for place, key in enumerate(self.ordered(self.here, nets)) if nets[key] > 0
                  for at, part in self.cuts(self.here, key, nets[key], "before_tax", self.own["pieces"].get(key, []))]
        left = {name: a["left"] for name, a in self.accounts.items() if not a["closed"]}
        self.own_order = self.ordered(self.here, nets)
        for name, at, key, cents in burn(self.grants, left, claims, most, "before_tax"):
            self.book(name, self.here, "before_tax", key, at, cents)
        self.credit_lines()

    def own_burns(self):
        """What is burnt for the document's own amounts; of a pool's a part of the burns."""
        return self.new_burns

    def credit_lines(self):
        sums = collections.Counter()
        for g in self.contract.get("credits", []):
            for name, j, _, key, _, cents in self.own_burns():
                if name == g["id"]:
                    sums[j, ("c", name), *key[1:3]] -= cents
        for (j, *key), cents in sums.items():
            if cents and j == self.here:
                put_line(self.own, tuple(key), cents)
            elif cents:
                self.section_line(j, tuple(key), cents)

    # ---------------------------------------------------------------------------- after tax, end

    def payments(self, own_taxes, taxes_of_sections, total):
        """taxes_of_sections: {number: {(category, rate): (net, tax)}}."""
        self.own_taxes = own_taxes
        restored, claims = 0, []
        for number, _, _ in self.sections:
            j = self.numbers.index(number)
            gross = sum(n + t for n, t in taxes_of_sections[number].values())
            if gross > 0:
                claims.append((self.periods[j][1] - 1, 0, None, gross, (j, None)))
            elif gross < 0:
                restored += self.give_back(j, -gross)
        keys = [key for key in self.own_order]
        burnt = collections.Counter()
        for _, j, _, key, _, cents in self.own_burns():
            if j == self.here:
                burnt[key] += cents
        nets = {key: max(0, self.own["charges"][key] - burnt[key]) for key in keys}
        gross = dict(nets)
        for rate, (_, tax) in own_taxes.items():
            of = [key for key in keys if key[1:3] == rate]
            for key, share in zip(of, hamilton(tax, [nets[key] for key in of]) if tax > 0 else [0] * len(of)):
                gross[key] += share
        for place, key in enumerate(keys):
            if gross[key] > 0:
                claims += [(at, place, key[0][1], part, (self.here, key)) for at, part in
                           self.cuts(self.here, key, gross[key], "after_tax", self.own["pieces"].get(key, []))]
        left = {name: a["left"] for name, a in self.accounts.items() if not a["closed"]}
        paid = 0
        for name, at, (j, key), cents in burn(self.grants, left, claims, max(0, total + restored), "after_tax"):
            self.book(name, j, "after_tax", key, at, cents)
            paid += cents
        self.paid, self.total = paid - restored, total
        self.close()

    def close(self):
        for g in self.grants:
            account = self.accounts.get(g["id"])
            if account and not account["closed"] and instant(g.get("expires"), FAR) <= self.end:
                account.update(closed=True, breakage=account["breakage"] + account["left"], left=0)

    def give_back(self, j, most):
        standing, back = [], 0
        for name, of, stage, key, at, cents in self.burns:
            if of == j and stage == "after_tax":
                if cents > 0:
                    standing.append([name, key, at, cents])
                    continue
                for row in reversed(standing):
                    take = min(row[3], -cents) if row[0] == name else 0
                    row[3] -= take
                    cents += take
        for name, key, at, cents in reversed(standing):
            part = min(cents, most - back)
            if part:
                self.book(name, j, "after_tax", key, at, -part)
                back += part
        return back

    def keep(self, number, label):
        """The next document begins from here."""
        for name, _, difference in self.sections:
            of = self.lines[self.numbers.index(name)]
            for line, cents in difference["lines"].items():
                of[line[:3], None] = of.get((line[:3], None), 0) + cents
        of = {}
        for line, cents in self.own["lines"].items():
            region = values_of(line).get("region")
            of[line[:3], region] = of.get((line[:3], region), 0) + cents
        self.lines.append(of)
        self.fx.append(self.fx_rate)
        for j, nets in enumerate(self.now):
            self.amounts[j] = {key: cents for key, cents in nets.items() if key[0][0] != "c"}
        self.units = self.now_units
        for name, rating, _ in self.sections:
            if rating:
                self.pieces[self.numbers.index(name)] = rating["pieces"]
        self.numbers.append(number)
        self.labels.append(label)
        self.periods.append((self.start, self.end))
        self.orders.append(list(self.own["order"]))
        self.amounts.append({key: cents for key, cents in self.own["charges"].items() if key[0][0] != "c"})
        self.pieces.append(self.own["pieces"])
        mine = {}
        for line, by_divisor in self.own["quantities"].items():
            for divisor, base in by_divisor.items():
                if divisor:
                    mine[line[0][1]] = mine.get(line[0][1], F(0)) + F(base) / F(divisor)
        self.units.append(mine)
        self.granted.append({name: a["granted"] for name, a in self.accounts.items()})
        self.burns += self.new_burns
        for name, a in self.accounts.items():
            self.left[name], self.before[name] = a["left"], a["granted"]
            if a["closed"]:
                self.closed.add(name)

    # ------------------------------------------------------------------------------- comparing

    def compare(self, stated, tenant, seller, taxes_of_sections):
        """[(what, theirs, mine)] of everything that the settlement says."""
        e = self.e

        def shown(row):
            base = {"from": row["from"], "to": row["to"], "committed": row["committed"], "used": row["used"], "settled": row["over"]}
            return {**base, **({n: row[n] for n in ("true_up", "surcharge", "rolled_over")} | {"amount": F(half_away(owed(row), e), 10 ** e)} if row["over"] else {})}
        yield "commitments", [{n: v if n in ("id", "settled") else instant(v) if n in ("from", "to") else F(v) for n, v in r.items()} for r in stated["commitments"]], \
            [{"id": k["id"], **shown(row)} for k, row in self.rows]
        yield "service levels", sorted(((r["id"], r["month"], r.get("region", "")), F(r["availability"]), F(r["percent"]), r["tax_category"], F(r["rate"]),
                                  minor(r["net"], e), minor(r["amount"], e)) for r in stated["sla"]), sorted(self.sla_rows)
        names = ("granted", "opening", "burnt", "restored", "breakage")
        yield "credits", {r["id"]: (*(minor(r[n], e) for n in names), minor(r["closing"], e), r["closed"]) for r in stated["credits"]}, \
            {name: (*(a[n] for n in names), a["left"], a["closed"]) for name, a in self.accounts.items()}
        yield "burns", self.stated_burns(stated["burns"]), self.shown_burns(self.new_burns)
        yield "paid", minor(stated["paid"], e), self.paid
        yield "payable", minor(stated["payable"], e), self.total - self.paid
        yield "shares", sorted((s["credit"], s["stage"], s["charge"], tuple(sorted(s["line_by"].items())), s["tax_category"], F(s["rate"]), minor(s["amount"], e))
                               for s in stated["shares"]), sorted(self.shares())
        yield "transfers", [(t["code"], t["debit"], t["credit"], minor(t["amount"], e)) for t in stated["transfers"]], list(self.transfers(tenant, seller))
        if "fx" in self.contract or "fx" in stated:
            yield "other currency", self.stated_fx(stated.get("fx")), self.converted(taxes_of_sections)

    def stated_burns(self, rows):
        return sorted((b["credit"], b.get("original", ""), b["stage"], b.get("charge", ""), b.get("tax_category", ""), F(b.get("rate", "0")),
                       instant(b["from"]), minor(b["amount"], self.e)) for b in rows)

    def shown_burns(self, burns):
        return sorted((name, "" if j == self.here else self.numbers[j], stage, key[0][1] if key else "", key[1] if key else "", key[2] if key else F(0), at, cents)
                      for name, j, stage, key, at, cents in burns)

    def shares(self):
        """What was burnt for a charge of several lines, over these."""
        sums = collections.Counter()
        for name, j, stage, key, _, cents in self.own_burns():
            if j == self.here and key:
                sums[name, stage, key] += cents
        for (name, stage, key), cents in sums.items():
            lines = sorted((line, amount) for line, amount in self.own["lines"].items() if line[:3] == key and amount > 0)
            if len(lines) > 1 and cents > 0:
                for (line, _), part in zip(lines, hamilton(cents, [amount for _, amount in lines])):
                    yield name, stage, key[0][1], tuple(values_of(line).items()), key[1], key[2], part

    def transfers(self, tenant, seller):
        kinds = {g["id"]: g["kind"] for g in self.grants}
        for g in self.grants:
            a = self.accounts.get(g["id"])
            if a and a["more"]:
                source = "promotion" if kinds[g["id"]] == "promotional" else "prepaid"
                yield 3, f"{source}:{seller}", f"credit:{tenant}:{g['id']}", a["more"]
        for name, _, stage, _, _, cents in self.new_burns:
            mine, other = f"credit:{tenant}:{name}", f"receivable:{tenant}" if stage == "after_tax" else f"revenue:{seller}"
            if cents > 0:
                yield 5 if stage == "after_tax" else 4, mine, other, cents
            else:
                yield 6, other, mine, -cents
        for g in self.grants:
            a = self.accounts.get(g["id"])
            if a and a["breakage"]:
                yield 7, f"credit:{tenant}:{g['id']}", f"breakage:{seller}", a["breakage"]

    def stated_fx(self, fx):
        return fx and (fx["currency"], fx["source"], fx["date"], F(fx["rate"]), fx["decimals"], *(F(fx[n]) for n in ("net", "tax", "total", "payable")))

    def converted(self, taxes_of_sections):
        fx = self.contract["fx"]
        last = datetime.datetime.fromtimestamp(self.end - 1, zoneinfo.ZoneInfo(self.contract["zone"])).date().isoformat()
        row = max((r for r in fx["rates"] if r["date"] <= last), key=lambda r: r["date"])
        self.fx_rate = F(row["rate"])

        def one(cents, rate):
            return F(half_away(F(cents, 10 ** self.e) * rate, fx["decimals"]), 10 ** fx["decimals"])
        net = tax = F(0)
        for n, t in self.own_taxes.values():
            net, tax = net + one(n, self.fx_rate), tax + one(t, self.fx_rate)
        for number, taxes in taxes_of_sections.items():
            rate = self.fx[self.numbers.index(number)] or self.fx_rate
            for n, t in taxes.values():
                net, tax = net + one(n, rate), tax + one(t, rate)
        return fx["currency"], fx["source"], row["date"], self.fx_rate, fx["decimals"], net, tax, net + tax, net + tax - one(self.paid, self.fx_rate)
