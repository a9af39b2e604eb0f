"""Settlements: commitments and credits, each as arithmetic on amounts."""
import datetime
import zoneinfo

from .numbers import F, FAR, floor, hamilton, instant


def holds(scope, name):
    return not scope.get("charges") or name in scope["charges"]


# -------------------------------------------------------------------------------- commitments

def intervals(k, borders):
    """(begin, end, length of the whole interval) of periods from the commitment's first on."""
    if k["interval"] == "contract":
        edges = [instant(k["from"]), instant(k["to"], FAR)]
    else:
        edges = borders[::k["interval"]["months"] if isinstance(k["interval"], dict) else 1]
    for begin, end in zip(edges, edges[1:]):
        cuts = [instant(s["from"]) for s in k.get("steps", []) if k.get("settle_at_step") and begin < instant(s["from"]) < end]
        pieces = [begin, *cuts, end]
        yield from ((a, b, end - begin) for a, b in zip(pieces, pieces[1:]))


def short_intervals(k, zone, start, end):
    """(begin, end, length) of hours, or of times of the local day, cut to the period."""
    if "hours" in k["interval"]:
        length, first = 3600 * int(k["interval"]["hours"]), instant(k["from"])
        at = first + max(0, start - first) // length * length
        whole = [(t, t + length) for t in range(at, end, length)]
    else:
        whole, day = [], datetime.datetime.fromtimestamp(start - 86400, zoneinfo.ZoneInfo(zone)).date()
        times = [tuple(map(int, k["interval"]["time_of_day"][w].split(":"))) for w in ("from", "to")]
        while not whole or whole[-1][0] < end:
            dates = day, day + datetime.timedelta(times[1] <= times[0])
            whole.append(tuple(int(datetime.datetime.combine(d, datetime.time(*t), zoneinfo.ZoneInfo(zone)).timestamp())
                               for d, t in zip(dates, times)))
            day += datetime.timedelta(1)
    low, high = max(start, instant(k["from"])), min(end, instant(k["to"], FAR))
    return [(max(a, low), min(b, high), b - a) for a, b in whole if max(a, low) < min(b, high)]


def committed(k, begin, end, length):
    steps = [(instant(k["from"]), F(k.get("quantity", k.get("amount")))), *((instant(s["from"]), F(s["amount"])) for s in k.get("steps", []))]
    ends = [at for at, _ in steps[1:]] + [10 ** 15]
    return sum(amount * max(0, min(stop, end) - max(at, begin)) for (at, amount), stop in zip(steps, ends)) / length


def settle(k, parts, used, until):
    """What intervals that begin before an instant owe, in the commitment's own units and in money. Each is
    {"from", "to", "committed", "used", "over"}, with "true_up", "surcharge", "rolled_over" when it is over."""
    unused, rows = [], []
    price = F(k.get("unit_price", "1"))
    factor = F(k.get("overage_factor", "1"))
    for begin, end, length in parts:
        if begin >= until or begin >= instant(k["to"], FAR):
            break
        row = {"from": begin, "to": end, "committed": committed(k, begin, end, length), "used": used(begin, end), "over": end <= until}
        rows.append(row)
        rest, back = row["used"] - row["committed"], F(0)
        missing = -rest if rest < 0 and k.get("true_up", True) and (k.get("every", True) or row["used"]) else F(0)
        if rest > 0 and "rollover" in k:
            for i in range(max(0, len(unused) - k["rollover"]["intervals"]), len(unused)):
                take = min(unused[i], rest - back)
                unused[i] -= take
                back += take
        unused.append(missing)
        row.update(committed=row["committed"] * price, used=row["used"] * price, true_up=missing * price, surcharge=max(rest - back, F(0)) * (factor - 1) * price, rolled_over=back * price)
    return rows


def owed(row):
    return row["true_up"] + row["surcharge"] - row["rolled_over"]


# ------------------------------------------------------------------------------------ credits

def burn_order(g):
    return (g["priority"], instant(g.get("expires"), FAR), len(g.get("charges", [])) or 10 ** 6, g["kind"] != "promotional", instant(g["from"]), g["id"])


def cut(grants, apply, name, start, end, cents, pieces):
    """[(instant, cents)]: an amount cut at the borders of the grants that hold it."""
    edges = sorted({start, *(t for g in grants if g["apply"] == apply and holds(g, name)
                             for t in (instant(g["from"]), instant(g.get("expires"), FAR)) if start < t < end)})
    exact = [sum((x for at, x in pieces if a <= at < b), F(0)) for a, b in zip(edges, [*edges[1:], end])]
    if not pieces:
        exact[-1] = F(1)
    return [(at, part) for at, part in zip(edges, hamilton(cents, exact)) if part > 0]


def burn(grants, left, claims, most, apply):
    """claims: (instant, order, name or None, cents, what it is). Takes from `left`; [(grant, instant, what, cents)]."""
    burns = []
    for at, _, name, cents, what in sorted(claims, key=lambda c: c[:2]):
        for g in grants:
            if g["apply"] == apply and instant(g["from"]) <= at < instant(g.get("expires"), FAR) and (holds(g, name) if name else not g.get("charges")):
                part = min(cents, left.get(g["id"], 0), most)
                if part > 0:
                    left[g["id"]] -= part
                    cents -= part
                    most -= part
                    burns.append((g["id"], at, what, part))
    return burns
