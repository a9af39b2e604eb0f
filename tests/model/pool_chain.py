"""What recompute.py judges of a pool's documents: with all members' entries everything, without them what is left to judge."""
import collections

import account
import prices
from pool_account import Party, PoolAccount
from prices import half_away, instant, line_key, minor
from prices.numbers import F, FAR
from prices.tax import taxes_of

SETTLED = ("commitment", "sla", "credit")


def members_of(contract, period):
    """Who is rated together in a period: the payer, and who is in the pool then."""
    found = [contract["tenant"]]
    for member in contract.get("pool", {}).get("members", []):
        member = {"tenant": member} if isinstance(member, str) else member
        if instant(member.get("from"), -FAR) <= period[0] < instant(member.get("to"), FAR):
            found.append(member["tenant"])
    return found


def lines_of(lines, exponent, payer):
    """Stated lines as a rating has them, quantities as they are stated."""
    out = {"exponent": exponent, "payer": payer, "lines": {}, "charges": {}, "quantities": {}, "order": [], "pieces": {}}
    for line in lines:
        key, cents = line_key(line, payer), minor(line["amount"], exponent)
        out["lines"][key] = cents
        out["charges"][key[:3]] = out["charges"].get(key[:3], 0) + cents
        out["quantities"][key] = {"": F(line.get("quantity", "0"))} if line["kind"] != "charge" else {"1": int(line["base_quantity"]), "2": 0}
        if key[0] not in out["order"]:
            out["order"].append(key[0])
    return out


class OfPool:
    """A part of recompute.Chain."""

    def lacks(self, named):
        """Members of its pool whose entries are not given."""
        document, contract, _, period = named
        return [t for t in members_of(contract, period) if t != document["tenant"]["id"] and t not in self.members]

    def late(self, named, size):
        """What the tenant's late usage costs. In a pool all members' entries are added as they arrived, and a step is whose it was."""
        return self.late_of(self.late_steps(named, size), named[0]["tenant"]["id"])

    def late_steps(self, named, size):
        arrived = sorted((at, row["tenant"]) for at, row in self.known(named, size) if at >= self.size)
        then, steps = self.rate(named, self.size), []
        for n, (at, tenant) in enumerate(arrived):
            if n + 1 == len(arrived) or arrived[n + 1][1] != tenant:
                steps.append((tenant, self.rate(named, at + 1)))
        return prices.late_usage(then, steps or [(named[0]["tenant"]["id"], then)])

    def late_of(self, found, tenant):
        mine = {name: {k: v for k, v in found[name].items() if k[4] == tenant} for name in ("lines", "quantities")}
        return {**found, **mine, "order": list(found["order"]), "payer": tenant}

    # ------------------------------------------------------------------------------- as stated

    def stated(self, named):
        """The document's own lines as they stand, where the others' usage is not known."""
        document, contract, _, _ = named
        self.unjudged.append(f"lines: the entries of {', '.join(self.lacks(named))} are not given, so the pool's amounts and shares are taken as stated")
        own = lines_of([l for l in document["lines"] if l["kind"] not in SETTLED or not account.has_money(contract)], document["exponent"],
                       document["tenant"]["id"])
        own["coverage"] = {r["id"]: (F(r.get("capacity", r["covered"])), F(r["covered"])) for r in document.get("reservations", [])}
        own["spent"] = {s["id"]: (F(s["capacity"]), F(s["covered"])) for s in document.get("spend_plans", [])}
        nets = collections.Counter()
        for key, cents in own["charges"].items():
            nets[key[1:3]] += cents
        return {**own, "taxes": taxes_of(contract, nets)}

    def stated_section(self, named, earlier):
        document, contract, _, _ = named
        number = earlier[0]["number"]
        self.unjudged.append(f"late usage of {number}: the entries of {', '.join(self.lacks(earlier))} are not given")
        stated = next((s for s in document["adjustments"] if s["original"] == number), {"lines": []})
        kinds = SETTLED if account.has_money(contract) and contract["contract"] == earlier[1]["contract"] else ()
        return earlier, None, None, lines_of([l for l in stated["lines"] if l["kind"] not in kinds], document["exponent"], document["tenant"]["id"])

    # ------------------------------------------------------------------------- what is stated of all

    def pool(self, named, size):
        """What a pool's document states of all members."""
        document, contract, _, period = named
        if "pool" not in contract:
            self.same("pool", document.get("pool"), None)
            return
        stated = document["pool"]
        self.same("pool's payer", stated["payer"], contract["pool"]["payer"])
        self.same("pool's members", stated["members"], len(members_of(contract, period)))
        totals = {(t["meter"], t["unit"]): int(t["quantity"]) for t in stated["totals"]}
        if self.lacks(named):
            own = collections.Counter()
            for r in self.book.known(size, period):
                own[r["meter"], r["unit"]] += int(r["quantity"])
            for key, used in own.items():
                if used > totals.get(key, 0):
                    self.found.append(f"pool's total of {key}: {totals.get(key, 0)}, it alone used {used}")
            self.shares(document)
            return
        rating, mine = self.rate(named, size), {}
        for _, row in self.known(named, size):
            key = row["meter"], row["unit"]
            mine[key] = mine.get(key, 0) + int(row["quantity"])
        self.same("pool's totals", totals, mine)
        for charge in stated["charges"]:
            key = (charge["plan"], charge["charge"]), charge["tax_category"], F(charge["rate"])
            self.same(f"pool's {key}", minor(charge["amount"], rating["exponent"]), rating["charges"].get(key))
            self.same(f"pool's exact {key}", half_away(F(charge["exact"]), rating["exponent"]), rating["charges"].get(key))

    def shares(self, document):
        """A share of minor units is one of the two whole ones next to the exact one."""
        e = document["exponent"]
        for charge in document["pool"]["charges"]:
            name, exact = (charge["plan"], charge["charge"], charge["tax_category"], F(charge["rate"])), F(charge["exact"])
            amount = minor(charge["amount"], e)
            self.same(f"pool's {name}", amount, half_away(exact, e))
            mine = sum(minor(l["amount"], e) for l in document["lines"]
                       if l["kind"] == "charge" and (l["plan"], l["charge"], l["tax_category"], F(l["rate"])) == name)
            if exact and abs(mine - amount * F(charge["share"]) / exact) >= 1:
                self.found.append(f"share of {name}: {mine} minor units, of {amount} it is {charge['share']} of {charge['exact']}")

    # -------------------------------------------------------------------------------- settlement

    def of_contract(self, contract):
        return [d for d in self.documents if d[1]["contract"] == contract["contract"]]

    def is_whole(self, named):
        """All members' entries are there, of the contract's first document on."""
        _, contract, _, period = named
        mine = [*self.of_contract(contract), named]
        return mine[0][3][0] == instant(contract["from"]) and not any(map(self.lacks, mine))

    def settle_pool(self, named, own, sections):
        """As Chain.settle(): adds lines to the rating and to the sections."""
        document, contract, _, period = named
        tenant, mine = document["tenant"]["id"], {d[0]["number"]: d for d in self.of_contract(contract)}
        labels = {number: d[0]["period"]["label"] for number, d in mine.items()}
        of_mine = [[labels[d[0]["number"]], now, late] for d, now, _, late in sections if d[0]["number"] in mine]
        if self.is_whole(named):
            settled = self.accounts.setdefault(contract["contract"], PoolAccount(self.borders_of))
            self.settle_whole(settled, named, own, dict(zip(labels.values(), mine.values())))
            party = settled.parties[tenant]
        else:
            settled = party = self.accounts.setdefault(("stated", contract["contract"]), Party(self.borders_of))
            self.settle_stated(party, named, own, of_mine, labels)
        sections[:] = [s for s in sections if s[0][0]["number"] not in mine]
        documents = {labels[number]: d for number, d in mine.items()}
        sections += [(documents[label], now, None, difference) for label, now, difference in party.sections if difference["lines"]]
        return settled

    def settle_whole(self, settled, named, own, earlier):
        document, contract, _, period = named
        size, tenant = document["cut"][0]["size"], document["tenant"]["id"]
        rating, owns = self.rate(named, size), {}
        for member in members_of(contract, period):
            share = own if member == tenant else prices.share_of(contract, rating, member)
            owns[member] = share
            share["order"] = list(share["order"])
        late = {member: [] for member in owns}
        for label, of in earlier.items():
            found = self.late_steps(of, size)
            for member in owns:
                difference = self.late_of(found, member)
                if difference["lines"]:
                    late[member].append([label, self.rate(of, size), difference])
        settled.document(contract, rating, owns, late, period, document["period"]["label"])

    def settle_stated(self, party, named, own, sections, labels):
        """Service levels are its own; what commitments and burns come to is taken as stated."""
        document, contract, _, period = named
        if contract.get("commitments") or contract.get("credits"):
            self.unjudged.append("settlement: what commitments and credits of the pool come to takes all members' entries, "
                                 "and documents from the contract's first")
        party.begin(contract, own, sections, *period)
        party.slas()
        tenant, e = document["tenant"]["id"], document["exponent"]
        for line in document["lines"]:
            if line["kind"] in ("commitment", "credit"):
                account.put_line(own, line_key(line, tenant)[:3], minor(line["amount"], e))
        for section in document["adjustments"]:
            for line in section["lines"]:
                if section["original"] in labels and line["kind"] in ("commitment", "credit"):
                    party.section_line(party.labels.index(labels[section["original"]]), line_key(line, tenant)[:3], minor(line["amount"], e))
        party.tax()

    def settled_pool(self, named, settled, total):
        """Compares, and keeps what the next document begins from."""
        document, contract, _, _ = named
        tenant, stated = document["tenant"]["id"], document["settlement"]
        labels = {d[0]["number"]: d[0]["period"]["label"] for d in self.of_contract(contract)}
        taxes = {labels.get(number, number): of for number, of in self.section_taxes.items()}
        if isinstance(settled, PoolAccount):
            settled.payments(tenant, self.own_taxes, taxes, total)
            rows = settled.compare(tenant, stated, contract["legal_entity"]["id"], taxes, labels)
        else:
            rows = self.compare_stated(settled, named, taxes, total)
        for what, theirs, mine in rows:
            self.same(f"settlement, {what}", theirs, mine)
        if isinstance(settled, PoolAccount):
            settled.keep()
        else:
            settled.own_order = []
            settled.keep(document["period"]["label"], document["period"]["label"])

    def compare_stated(self, party, named, taxes, total):
        document, contract, _, _ = named
        stated, e, is_payer = document["settlement"], document["exponent"], document["tenant"]["id"] == contract["tenant"]
        burnt, lines, paid = collections.Counter(), collections.Counter(), 0
        for row in stated["own_burns"]:
            if row["stage"] == "after_tax":
                paid += minor(row["amount"], e)
            else:
                burnt[row.get("original"), row["credit"], row["tax_category"], F(row["rate"])] -= minor(row["amount"], e)
        for original, of in [(None, document["lines"]), *((s["original"], s["lines"]) for s in document["adjustments"])]:
            for line in of:
                if line["kind"] == "credit":
                    lines[original, line["charge"], line["tax_category"], F(line["rate"])] += minor(line["amount"], e)
        yield "own burns, by the lines of credits", {k: v for k, v in burnt.items() if v}, {k: v for k, v in lines.items() if v}
        yield "paid", minor(stated["paid"], e), paid if is_payer else 0
        yield "payable", minor(stated["payable"], e), total - paid
        yield "service levels", sorted(((r["id"], r["month"], r.get("region", "")), F(r["availability"]), F(r["percent"]), r["tax_category"], F(r["rate"]),
                                  minor(r["net"], e), minor(r["amount"], e)) for r in stated["sla"]), sorted(party.sla_rows)
        if not is_payer:
            yield "what is the payer's", [n for n in ("commitments", "credits", "burns", "amounts", "cuts", "transfers") if stated.get(n)], []
        party.own_taxes, party.paid = self.own_taxes, paid
        if "fx" in contract or "fx" in stated:
            yield "other currency", party.stated_fx(stated.get("fx")), party.converted(taxes)
