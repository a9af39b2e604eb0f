"""What the mappings share."""
from fractions import Fraction as F

from job import decimal

SHAPES = []  # of practice.json: (members of the inputs, a word of the construct, function)


class Skip(Exception):
    """Why a case cannot be put on the path."""


def shape(*names, word=""):
    """A mapping of cases with exactly these inputs."""
    def keep(function):
        SHAPES.append((set(names), word, function))
        return function
    return keep


def one(jobs, *checks):
    return (jobs if isinstance(jobs, list) else [jobs]), list(checks)


def tiers(rows, quantity=0, price="unit", model="graduated"):
    """Borders as they stand; a last one that is closed is opened where nothing passes it."""
    out = []
    for row in rows:
        border = row.get("up_to", row.get("to"))
        word = "percent" if price == "pct" else "price"
        out.append({**({"up_to": decimal(border)} if border is not None else {}), word: decimal(row.get(price) or "0"),
                    "flat": decimal(row.get("flat", "0")), **({"block": decimal(row["block"])} if "block" in row else {})})
    if "up_to" in out[-1]:
        if F(quantity) > F(out[-1]["up_to"]):
            raise Skip("the quantity is above the last tier")
        del out[-1]["up_to"]
    return {"model": "graduated_percentage" if price == "pct" else model, "tiers": out}


def block_tiers(rows, quantity, model):
    """Tiers told in blocks: so many of a size at a price, the rest."""
    border, out = 0, []
    for row in rows:
        count = row.get("max_blocks", -1)
        border += count * row["block_size"]
        out.append({**({"up_to": border} if count >= 0 else {}), "unit": row.get("price", row.get("price_per_block")),
                    "block": row["block_size"]})
    return tiers(out, quantity, model=model)


def package(size, price, **terms):
    return {"model": "package", "size": decimal(size), "price": decimal(price), **terms}
