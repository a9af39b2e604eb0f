"""Exact numbers, instants, largest remainder."""
import datetime
from fractions import Fraction as F
from math import floor

UTC = datetime.timezone.utc


def instant(text, default=None):
    if text is None:
        return default
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


EXPONENTS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}
FAR = 10 ** 12


def half_away(x, decimals=0):
    scaled = abs(F(x)) * 10 ** decimals
    n = floor(scaled + F(1, 2))
    return -n if x < 0 else n


class Amounts(dict):
    """Exact amounts by (charge, category, rate, line, member); beside them, when they fall."""

    def __init__(self):
        super().__init__()
        self.pieces = {}  # (charge, category, rate): [(instant, amount)]

    def put(self, key, at, money):
        self[key] = self.get(key, F(0)) + money
        self.pieces.setdefault(key[:3], []).append((at, money))


def hamilton(total, weights):
    """Whole shares of a whole total; ties to the first."""
    weight = sum(weights)
    if total == 0 or weight == 0:
        return [0] * len(weights)
    quotas = [F(total) * w / weight for w in weights]
    shares = [floor(q) for q in quotas]
    order = sorted(range(len(weights)), key=lambda i: (-(quotas[i] - shares[i]), i))
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    return shares
