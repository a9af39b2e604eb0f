"""A job for rate_events: a catalog, its events, and the contract and plan that they are rated by.

Usage is told to a Job in the words of a case (so many units in this hour, so many GPUs from then to
then); it writes them as CloudEvents of the kinds that the product takes: gpu.slice.v1,
tokens.request.v1, and types of the catalog's own. What a case gives as one number arrives as several
events, and every event arrives twice.
"""
import datetime
import re
from fractions import Fraction as F
from math import lcm

PARTY = {"name": "N", "address": ["A"], "country": "DE"}
MONTH = "2026-10"
START = datetime.datetime(2026, 10, 1, tzinfo=datetime.timezone.utc)
GPU_HOUR = 3600 * 10 ** 6  # base units: a GPU has 10^6 µGPU
HOUR_US = 3600 * 10 ** 6
MONTHS = {31: ("2026-10", 0), 30: ("2026-11", 744), 28: ("2027-02", 2952)}  # by days: label, first hour
GPU_DIMENSIONS = ["allocation", "sku", "project", "region", "zone", "gpu_milli", "market"]
DIMENSIONS = ["class", "region", "sku", "account", "group", "line"]


def stamp(hour):
    """RFC 3339 of an instant, in hours (maybe a fraction) after the first of the month."""
    us = F(hour) * HOUR_US
    assert us.denominator == 1, "an instant is whole microseconds"
    return (START + datetime.timedelta(microseconds=int(us))).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def label(months):
    """Of the period so many months after the first."""
    return f"{START.year + (START.month - 1 + months) // 12}-{(START.month - 1 + months) % 12 + 1:02}"


def hours(months):
    """From the first of the month to that of so many months later."""
    return int((datetime.datetime.fromisoformat(label(months) + "-01T00:00:00+00:00") - START).total_seconds()) // 3600


def decimal(number):
    """A plan's number: exact, at most 12 decimals."""
    scaled = F(number) * 10 ** 12
    assert scaled.denominator == 1, f"{number} has more than 12 decimals"
    text = f"{int(scaled) // 10 ** 12}.{int(scaled) % 10 ** 12:012d}"
    return text.rstrip("0").rstrip(".")


def own_type(name, fields, instants):
    return {"type": name, "instant": f"/data/{instants[0]}",
            "meaning": [f"/data/{f}" for f in [*instants, *fields, *DIMENSIONS]],
            "instants": [f"/data/{f}" for f in instants]}


class Job:
    def __init__(self, currency="EUR", tax="0"):
        self.currency = currency if len(currency) == 3 else "EUR"
        self.taxes, self.several, self.period = {"standard": tax}, {}, MONTH
        self.types, self.meters, self.events = {}, {}, []
        self.reports, self.scale = [], {}
        self.versions, self.end = [[0, []]], None
        self.reservations, self.spend_plans, self.discounts = [], [], []
        self.subject, self.pool = "t", None
        self.known = None
        self.money, self.periods = {}, []

    # ------------------------------------------------------------------------------------ usage

    def _event(self, kind, data, at):
        n = len(self.events)
        self.events.append({"specversion": "1.0", "id": f"e{n}", "source": "/case", "type": kind, "subject": self.subject,
                            "time": stamp(at), "datacontenttype": "application/json", "data": data})

    def _meter(self, name, kind, unit, scale, quantity, dimensions, aggregation="sum"):
        self.meters.setdefault(name, {
            "meter": name, "type": kind, "unit": unit, "scale": scale, "aggregation": aggregation, "quantity": quantity,
            "dimensions": [{"name": d, "pointer": f"/data/{d}"} for d in dimensions]})

    def report(self, units, meter="units", hour=0, aggregation="sum", **dimensions):
        """So many units, counted in one hour by events that each say a number."""
        kind = f"{meter}.counted.v1"
        self.types.setdefault(kind, own_type(kind, ["number"], ["at"]))
        self._meter(meter, kind, meter, 0, {"pointer": "/data/number"}, DIMENSIONS, aggregation)
        self.scale[meter] = lcm(self.scale.get(meter, 1), F(units).denominator)
        self.reports.append((len(self.events), kind, meter, F(units), hour, dimensions))
        self.events.append(None)

    def round_up(self, number, increment, meter="rounded"):
        """One event, which the catalog rounds up to a multiple."""
        kind = f"{meter}.ended.v1"
        self.types.setdefault(kind, own_type(kind, ["number"], ["at"]))
        self._meter(meter, kind, meter, 0, {"pointer": "/data/number", "increment": increment}, DIMENSIONS)
        self.scale[meter] = 1
        self._event(kind, {"number": number, "at": stamp(1)}, 1)

    def measure(self, number, steps, meter="fees", hour=0):
        """One event, whose number the catalog changes step by step."""
        kind = f"{meter}.ended.v1"
        self.types.setdefault(kind, own_type(kind, ["number"], ["at"]))
        self._meter(meter, kind, meter, 0, {"pointer": "/data/number"}, DIMENSIONS)
        self.meters[meter]["per_event"] = steps
        self.scale[meter] = 1
        self._event(kind, {"number": number, "at": stamp(hour)}, hour)

    def multiply(self, products, factors, kind="call.ended.v1", **dimensions):
        """One event with several numbers; products: which of them each meter multiplies (one: takes)."""
        self.types.setdefault(kind, own_type(kind, list(factors), ["at"]))
        for meter, names in products.items():
            pointers = [f"/data/{n}" for n in names]
            self._meter(meter, kind, meter, 0, {"product": pointers} if len(names) > 1 else {"pointer": pointers[0]}, DIMENSIONS)
            self.scale[meter] = 1
        self._event(kind, {"at": stamp(0), **factors, **dimensions}, 0)

    def hold(self, level, start, end, meter="held", **dimensions):
        """A level held from hour to hour: level × time. A price unit is one for an hour."""
        kind = f"{meter}.held.v1"
        self.types.setdefault(kind, own_type(kind, ["level"], ["start", "end"]))
        product = ["/data/level", {"duration": ["/data/start", "/data/end"]}]
        self._meter(meter, kind, "us", 6, {"product": product}, DIMENSIONS)
        self.scale[meter] = HOUR_US
        for a, b in halves(start, end):
            self._event(kind, {"level": str(level), "start": stamp(a), "end": stamp(b), **dimensions}, a)

    def run(self, gpus, start, end, sku="h100", **dimensions):
        """GPUs (or other units that run) from hour to hour; the usage of a reservation."""
        self.types["gpu.slice.v1"] = {"type": "gpu.slice.v1", "core": "gpu"}
        self._meter("gpu_time", "gpu.slice.v1", "uGPU.s", 6, {"function": "gpu_time"}, GPU_DIMENSIONS)
        self.scale["gpu_time"] = GPU_HOUR
        milli = F(gpus) * 1000
        assert milli.denominator == 1, "a GPU has thousandths"
        for a, b in halves(start, end):
            data = {"allocation": f"a{len(self.events)}", "sku": sku, "gpu_milli": int(milli), "market": "on_demand",
                    "start": stamp(a), "end": stamp(b), **dimensions}
            self._event("gpu.slice.v1", data, a)

    def request(self, **tokens):
        """Tokens by class, as one request."""
        self.types["tokens.request.v1"] = {"type": "tokens.request.v1", "core": "tokens"}
        self._meter("tokens", "tokens.request.v1", "token", 0, {"function": "tokens_by_class"}, ["model"])
        self.scale["tokens"] = 1
        self._event("tokens.request.v1", {"model": "m", "tokens": tokens}, 0)

    def late(self):
        """What was told so far had arrived at the last document."""
        self.known = len(self.events)

    # ------------------------------------------------------------------------------------ terms

    def charge(self, meter="units", per=1, where=None, **terms):
        """terms: members of the plan's charge; per: how many of the meter's units a price unit is."""
        charge = {"charge": f"c{self._count()}", "meter": meter, "model": "per_unit", **terms}
        if where:
            charge["where"] = {k: [v] for k, v in where.items()}
        self.versions[-1][1].append((charge, per))

    def fee(self, price, charge=None, **terms):
        """A fee per billing period, or once."""
        self.versions[-1][1].append(({"charge": charge or f"c{self._count()}", "model": "flat", "price": decimal(price), **terms}, 0))

    def peaks(self, meters, tiers):
        """A fee by the peaks of several meters."""
        names = {name: re.sub("[^a-z]", "_", name.lower()) for name in meters}
        self.versions[-1][1].append(({"charge": f"c{self._count()}", "model": "peak", "tiers": tiers,
                                      "peaks": [{"name": n, "meter": m} for n, m in names.items()]}, 0))

    def _count(self):
        return sum(len(charges) for _, charges in self.versions)

    def begins(self, hour):
        """The plan's first version begins then."""
        self.versions[0][0] = hour

    def version(self, hour):
        """Charges from here on are of a plan version that begins then."""
        self.versions.append([hour, []])

    def ends(self, hour):
        """The plan ends then."""
        self.end = hour

    def reserve(self, units, rate, start, end, **terms):
        where = {"meter": "gpu_time", **{k: [v] for k, v in terms.pop("where", {}).items()}}
        self.reservations.append({"id": f"r{len(self.reservations)}", "where": where, "units": decimal(units),
                                  "rate": decimal(rate), "from": stamp(start), "to": stamp(end), **terms})

    def commit(self, months=1, **terms):
        """Take or pay, from the first period on; terms: members of the contract's commitment."""
        interval = {"months": months} if isinstance(months, int) else months
        self.money.setdefault("commitments", []).append({
            "id": f"k{len(self.money.get('commitments', []))}", "interval": interval, "from": stamp(0), "to": None, **terms})

    def prepay(self, amount, apply="after_tax", **terms):
        """A credit of all documents; terms: members of the contract's credit."""
        self.money.setdefault("credits", []).append({
            "id": f"g{len(self.money.get('credits', []))}", "amount": amount, "priority": 1, "from": stamp(0), "kind": "paid",
            "apply": apply, **terms})

    def bill(self, months=1):
        """Documents of so many months, settled one after the other."""
        self.periods = [label(n) for n in range(months)]
        return self

    def spend(self, per_hour, start, end, where=None, **terms):
        """So much money in each hour; rates: {charge: price}."""
        rates = [{"charge": charge, "price": decimal(price)} for charge, price in terms.pop("rates", {}).items()]
        self.spend_plans.append({"id": f"s{len(self.spend_plans)}", "per_hour": decimal(per_hour), "from": stamp(start), "to": stamp(end),
                                 **({"where": {k: [v] for k, v in where.items()}} if where else {}),
                                 **({"rates": rates} if rates else {}), **terms})

    # ------------------------------------------------------------------------------------- JSON

    def _counted(self, kind, meter, units, hour, dimensions):
        """A report's events: whole base units that sum to it, or whose greatest it is."""
        whole = int(units * self.scale[meter])
        third = whole // 3
        is_max = self.meters[meter]["aggregation"] == "max"
        parts = [whole, third] if is_max else [third, third, whole - 2 * third] if third else [whole]
        for i, part in enumerate(parts):
            at = F(hour) + F(i, 4)
            yield kind, {"number": str(part), "at": stamp(at), **dimensions}, at

    def _write_reports(self):
        """Puts the reports' events where they were told; scales are known now."""
        told, reports = self.events, {r[0]: r for r in self.reports}
        known, self.events = self.known, []
        for i, event in enumerate(told):
            if known == i:
                self.known = len(self.events)
            for made in self._counted(*reports[i][1:]) if event is None else ():
                self._event(*made)
            if event is not None:
                self.events.append({**event, "id": f"e{len(self.events)}"})
        if known == len(told):
            self.known = len(self.events)

    def _contract(self):
        borders = [hour for hour, _ in self.versions] + [self.end]
        plans = [{"plan": "p", "version": n, "from": stamp(a), "to": None if b is None else stamp(b)}
                 for n, (a, b) in enumerate(zip(borders, borders[1:]), 1)]
        return {"contract": "c", "tenant": "t", "legal_entity": {**PARTY, "id": "e", "number_series": "N"},
                "customer": PARTY, "currency": self.currency, "zone": "UTC", "billing": {"day": 1, "hour": 0, "minute": 0},
                "from": stamp(0), "to": None, "plans": plans,
                "reservations": self.reservations, "discounts": self.discounts, **({"spend_plans": self.spend_plans} if self.spend_plans else {}),
                **({"pool": {"payer": "t", "members": self.pool}} if self.pool else {}), **self.money,
                "tax": {"profile": [{"category": c, "rate": r} for c, r in self.taxes.items()]
                        + [{"category": c, "name": n, "rate": r} for c, rates in self.several.items() for n, r in rates.items()]}}

    def _charges(self, charges):
        for charge, per in charges:
            if "meter" not in charge:
                peaks = [{**peak, "divisor": str(self.scale[peak["meter"]])} for peak in charge.get("peaks", [])]
                yield {**charge, **({"peaks": peaks} if peaks else {})}
                continue
            divisor = F(per) * self.scale[charge["meter"]]
            assert divisor.denominator == 1
            yield {**charge, "price_unit": {"name": "unit", "divisor": str(int(divisor))}}

    def json(self):
        self._write_reports()
        copies = [dict(reversed(e.items())) for e in reversed(self.events)]
        return {"catalog": {"feeds": [], "types": list(self.types.values()), "meters": list(self.meters.values()),
                            "sources": [{"source": "/case", "tenants": ["t", *(self.pool or [])], "types": list(self.types), "topics": ["file"]}] if self.types else []},
                "contract": self._contract(), "period": self.period, "events": self.events + copies,
                "plans": [{"version": n, "plan": {"plan": "p", "currency": self.currency, "charges": list(self._charges(charges))}}
                          for n, (_, charges) in enumerate(self.versions, 1)],
                **({"periods": self.periods} if self.periods else {}), **({"known": self.known} if self.known is not None else {})}


def halves(start, end):
    """The same time in two pieces, whole milliseconds where the ends are."""
    middle = F(int((F(start) + F(end)) / 2 * 3600), 3600)
    return [(start, middle), (middle, end)] if start < middle < end else [(start, end)]
