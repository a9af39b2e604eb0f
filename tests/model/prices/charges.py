"""A charge: counters over its plan versions, allowance, models, then discounts, minimum and maximum."""
from .calendar import share_of_period
from .lots import line_of, matches, member_of, NO_LINE
from .models import BY_LOT, first_fee, peak_cost, price_of_lot, tiered, unit_of
from .numbers import F, floor, hamilton
from .tax import tax_rate


class Money:
    """Exact amounts of a charge, each with what is needed to discount, tax and print it."""

    def __init__(self, contract, phases):
        self.contract, self.phases, self.rows = contract, phases, []
        self.units = []
        self.divisors = {unit_of(charge) for _, _, charge in phases if "price_unit" in charge}

    def add(self, p, line, at, money, lot=None):
        """What has no usage is the payer's."""
        self.rows.append([p, line, at, self.phases[p][2].get("tax_category", "standard"), F(money), member_of(self.contract, lot)])

    def count(self, p, line, at, units, lot):
        charge = self.phases[p][2]
        self.units.append((line, at, charge.get("tax_category", "standard"), unit_of(charge), units, member_of(self.contract, lot)))

    def key(self, name, category, at, line, member):
        return name, category, tax_rate(self.contract, category, at), line, member

    def put(self, name, amounts, quantities):
        for _, line, at, category, money, member in self.rows:
            key = self.key(name, category, at, line, member)
            amounts.put(key, at, money)
            quantities.setdefault(key, {d: 0 for d in self.divisors})
        for line, at, category, divisor, units, member in self.units:
            key = self.key(name, category, at, line, member)
            amounts.setdefault(key, F(0))
            quantities.setdefault(key, {d: 0 for d in self.divisors})[divisor] += units


def phase_of(phases, at):
    return next(p for p, (lo, hi, _) in enumerate(phases) if lo <= at < hi)


def counters_of(phases, lots):
    """{counter: {phase: its lots}}"""
    counters = {}
    for p, (lo, hi, charge) in enumerate(phases):
        for l in lots:
            if lo <= l["at"] < hi and matches(l, charge["meter"], charge.get("where", {})):
                key = line_of(l, charge.get("key_by"))
                if charge.get("per_window"):
                    key = (*key, l["at"])
                counters.setdefault(key, {}).setdefault(p, []).append(l)
    last = phases[-1][2]
    if not last.get("key_by") and not last.get("per_window"):
        counters.setdefault(NO_LINE, {})
    return counters


def free_units(phases, counter):
    """What of each phase's left is free, by phase: a version grants what earlier ones left over of it."""
    out, seen = [], 0
    for p, (_, _, charge) in enumerate(phases):
        left = sum(l["left"] for l in counter.get(p, []))
        grant = floor(F(charge.get("free", "0")) * unit_of(charge)) - seen
        out.append(min(left, max(0, grant)))
        seen += left
    return out


def share_free(use, free):
    """(lot, billed) with whole free units by largest remainder, over series, then over a series' windows."""
    keys = sorted({l["key"] for l in use})
    by_series = [[l for l in use if l["key"] == k] for k in keys]
    billed = []
    for share, s in zip(hamilton(free, [sum(l["left"] for l in s) for s in by_series]), by_series):
        for part, l in zip(hamilton(share, [l["left"] for l in s]), s):
            billed.append((l, l["left"] - part))
    return billed


def rate_peak(money, phases, counter, end):
    """The highest window's sum, the earliest of equals; the version in force there prices it."""
    sums = {}
    for ls in counter.values():
        for l in ls:
            sums.setdefault(l["at"], []).append(l)
    sums = {t: ls for t, ls in sums.items() if any(l["left"] for l in ls)}  # where all is covered there is no peak
    at = min(sums, key=lambda t: (-sum(l["left"] for l in sums[t]), t), default=None)
    units = 0
    if at is not None:
        p = phase_of(phases, at)
        charge, use = phases[p][2], sorted(sums[at], key=lambda l: l["key"])
        total = sum(l["left"] for l in use)
        free = min(total, floor(F(charge.get("free", "0")) * unit_of(charge)))
        units = total - free
        for l, billed in share_free(use, free):
            line = line_of(l, charge.get("line_by"))
            money.count(p, line, at, l["left"], l)
            if units:
                money.add(p, line, at, peak_cost(charge, F(units)) * billed / units, l)
    if units == 0:
        nothing_billed(money, phases, counter if at is None else {p: use}, end)


def rate_counter(money, contract, phases, counter, end):
    free = free_units(phases, counter)
    left = [sum(l["left"] for l in counter.get(p, [])) for p in range(len(phases))]
    total, moved = sum(left) - sum(free), 0
    covered = sum(l["q"] - l["left"] for ls in counter.values() for l in ls)
    for p, (_, _, charge) in enumerate(phases):
        use = sorted(counter.get(p, []), key=lambda l: (l["key"], l["at"]))
        for l in use:
            money.count(p, line_of(l, charge.get("line_by")), l["at"], l["left"], l)
        billed, units = share_free(use, free[p]), left[p] - free[p]
        if charge["model"] in BY_LOT:
            for l, b in billed:
                if b:
                    money.add(p, line_of(l, charge.get("line_by")), l["at"],
                              b / unit_of(charge) * price_of_lot(charge, contract["zone"], l), l)
        elif units > 0:
            cost = tiered(charge, moved, units, total, covered if charge.get("counts_covered") else 0)
            for l, b in billed:
                money.add(p, line_of(l, charge.get("line_by")), l["at"], cost * b / units, l)
        moved += units
    if moved == 0:
        nothing_billed(money, phases, counter, end)


def nothing_billed(money, phases, counter, end):
    """Tier 1's fee all the same, of the period's last version."""
    last = phases[-1][2]
    if not last.get("flat_at_zero", True) or not first_fee(last):
        return
    use = [l for ls in counter.values() for l in ls]
    field = "left" if any(l["left"] for l in use) else "q"
    total = sum(l[field] for l in use)
    for l in use:
        owner = phases[phase_of(phases, l["at"])][2]
        if l[field]:
            money.add(len(phases) - 1, line_of(l, owner.get("line_by")), end - 1, first_fee(last) * l[field] / total, l)
    if not use:
        money.add(len(phases) - 1, line_of({"dimensions": {}}, last.get("line_by")), end - 1, first_fee(last))


def prorated(contract, phases, p, start, text, in_advance=False):
    """An amount for a period, by the days of it in which its version is in force; one that is not prorated is
    due whole, by the version in force at the period's end (a fee in advance: at its beginning)."""
    lo, hi, charge = phases[p]
    if not charge.get("prorate", True):
        return F(text) if p == (0 if in_advance else len(phases) - 1) else F(0)
    return F(text) * share_of_period(contract, start, lo, hi)


def rate_flat(money, contract, phases, start, end):
    for p, (lo, hi, charge) in enumerate(phases):
        in_advance = charge.get("due") == "advance"
        amount = F(charge["price"]) * F(charge.get("quantity", "1"))
        money.add(p, NO_LINE, start if in_advance else end - 1, prorated(contract, phases, p, start, "1", in_advance) * amount)


# ------------------------------------------------------------------------- discounts, minimum, maximum


def scale(rows, factor):
    for row in rows:
        row[4] *= factor


def discount(money, contract, phases, start):
    """As they are listed; percent on what is left; fixed ones of several versions together, never below zero."""
    deepest = max(len(charge.get("discounts", [])) for _, _, charge in phases)
    for n in range(deepest):
        fixed, rows = F(0), []
        for p, (_, _, charge) in enumerate(phases):
            if n >= len(charge.get("discounts", [])):
                continue
            this, mine = charge["discounts"][n], [r for r in money.rows if r[0] == p]
            if "percent" in this:
                scale(mine, 1 - F(this["percent"]) / 100)
            else:
                fixed += prorated(contract, phases, p, start, this["fixed"])
                rows += mine
        total = sum(r[4] for r in rows)
        if total:
            scale(rows, 1 - min(fixed, total) / total)


def stated(money, contract, phases, start, word):
    """What the versions that state it state together, their amounts, and the last of them."""
    which = [p for p, (_, _, charge) in enumerate(phases) if word in charge]
    rows = [r for r in money.rows if r[0] in which]
    return sum(prorated(contract, phases, p, start, phases[p][2][word]) for p in which), rows, which


def bound(money, contract, phases, start, end):
    minimum, rows, which = stated(money, contract, phases, start, "minimum")
    total = sum(r[4] for r in rows)
    if which and total < minimum:
        true_up(money, phases, which[-1], minimum - total, end)
    maximum, rows, which = stated(money, contract, phases, start, "maximum")
    total = sum(r[4] for r in rows)
    if which and total > maximum:
        scale(rows, maximum / total)


def true_up(money, phases, p, missing, end):
    """Once, at the period's end; what nobody used is on the line without values."""
    money.add(p, line_of({"dimensions": {}}, phases[p][2].get("line_by")), end - 1, missing)


def rate_charge(contract, name, phases, lots, start, end, amounts, quantities):
    """phases: (from, to, charge) in time order. Adds exact money by (charge, category, rate, line)."""
    money = Money(contract, phases)
    if phases[0][2]["model"] == "flat":
        rate_flat(money, contract, phases, start, end)
    else:
        counters = counters_of(phases, lots)
        for key in sorted(counters):
            if phases[-1][2]["model"] == "peak":
                rate_peak(money, phases, counters[key], end)
            else:
                rate_counter(money, contract, phases, counters[key], end)
    discount(money, contract, phases, start)
    bound(money, contract, phases, start, end)
    money.put(name, amounts, quantities)

