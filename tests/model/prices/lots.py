"""Usage as rating sees it: the net quantity of a tenant's series in a window."""
from .numbers import instant


def series_key(row):
    """Ties go by tenant first, so that those of a pool have an order."""
    d = row["dimensions"]
    return (row.get("tenant", "").encode(), row["meter"].encode(), tuple(sorted((k.encode(), v.encode()) for k, v in d.items())))


def matches(row, meter, where):
    return row["meter"] == meter and all(row["dimensions"].get(k) in v for k, v in where.items())


def values(row, names):
    """Sorted names with values, a missing one first."""
    return tuple((n in row["dimensions"], row["dimensions"].get(n, "").encode()) for n in sorted(names or []))


def line_of(row, names):
    """A line, or a counter: its values, then the names that they are of (versions may differ in these)."""
    return values(row, names), tuple(sorted(names or []))


NO_LINE = ((), ())


def net_windows(rows, start, end):
    sums = {}
    for r in rows:
        key = (series_key(r), instant(r["from"]), r["length_seconds"])
        if key not in sums:
            sums[key] = [r, 0]
        sums[key][1] += int(r["quantity"])
    out = []
    for key in sorted(sums):
        row, q = sums[key]
        assert q >= 0 and start <= key[1] and key[1] + key[2] <= end, (key, q)
        if q:
            out.append({"meter": row["meter"], "tenant": row.get("tenant"), "dimensions": row["dimensions"], "scale": row["scale"], "key": key[0],
                        "at": key[1], "q": q, "left": q})
    return out


def payer_of(contract):
    """Who pays what nobody used; of a contract without a pool its tenant."""
    return contract.get("pool", {}).get("payer", contract["tenant"])


def member_of(contract, lot):
    """Whose document states it: the user's, or, of what has no usage, the payer's."""
    return (lot if "pool" in contract and lot else {}).get("tenant") or payer_of(contract)
