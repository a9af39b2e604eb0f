"""Local time: days that begin at the billing anchor, shares of a period, windows of the week."""
import datetime
import zoneinfo

from .numbers import F, UTC

DAY = datetime.timedelta(days=1)


def local_border(zone, wall):
    """The instant of a local time: the first of two, the first after a gap for none."""
    at = wall.replace(tzinfo=zone, fold=0)
    seconds = int(at.timestamp())
    if datetime.datetime.fromtimestamp(seconds, zone).replace(tzinfo=None) == wall:
        return seconds
    low, high = seconds - 86400, seconds + 86400  # the gap lies between
    def offset(t):
        return datetime.datetime.fromtimestamp(t, zone).utcoffset()
    low, high = seconds - 7200, seconds
    while offset(low) == offset(high):
        low -= 3600
    while high - low > 1:
        middle = (low + high) // 2
        if offset(middle) == offset(low):
            low = middle
        else:
            high = middle
    return high


def _month_border(contract, year, month):
    """Where the billing month that begins in this calendar month begins."""
    billing = contract["billing"]
    last = ((datetime.date(year, month, 28) + 4 * DAY).replace(day=1) - DAY).day
    day = min(billing["day"], last)
    wall = datetime.datetime(year, month, day, billing.get("hour", 0), billing.get("minute", 0))
    return local_border(zoneinfo.ZoneInfo(contract["zone"]), wall)


def whole_period(contract, at):
    """The billing month that an instant lies in, uncut."""
    day = datetime.datetime.fromtimestamp(at, UTC)
    months = [(day.year * 12 + day.month - 1 + n) for n in (-2, -1, 0, 1, 2)]
    borders = [_month_border(contract, m // 12, m % 12 + 1) for m in months]
    start = max(b for b in borders if b <= at)
    return start, min(b for b in borders if b > at)


def days_of(contract, start, end):
    """The last seconds of the days that end in [start, end): each begins at the anchor's hour and minute."""
    zone, billing = zoneinfo.ZoneInfo(contract["zone"]), contract["billing"]
    day = datetime.datetime.fromtimestamp(start, zone).replace(tzinfo=None, microsecond=0) - 2 * DAY
    day = day.replace(hour=billing.get("hour", 0), minute=billing.get("minute", 0), second=0)
    found = []
    while True:
        day += DAY
        border = local_border(zone, day)
        if border > end:
            return found
        if border - 1 >= start:
            found.append(border - 1)


def share_of_period(contract, start, low, high):
    """How much of the billing month that begins the period is in [low, high): by days, else by seconds."""
    begin, end = whole_period(contract, start)
    days = days_of(contract, begin, end)
    if not days:
        return F(high - low, end - begin)
    return F(sum(low <= last < high for last in days), len(days))


def _number(holidays, date):
    return 7 if date.isoformat() in holidays else date.isoweekday()


def _minutes(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def window_price(charge, zone, at):
    """The price of the first window that matches an instant, or the default; None."""
    wall = datetime.datetime.fromtimestamp(at, zoneinfo.ZoneInfo(zone))
    minute, date = wall.hour * 60 + wall.minute, wall.date()
    holidays = charge.get("holidays", [])
    for window in charge["windows"]:
        begin, end = _minutes(window["from"]), _minutes(window["to"])
        today, before = (_number(holidays, d) in window["days"] for d in (date, date - DAY))
        if begin == end:
            matches = today
        elif begin < end:
            matches = today and begin <= minute < end
        else:
            matches = (today and minute >= begin) or (before and minute < end)
        if matches:
            return F(window["price"])
    return F(charge["default"]) if "default" in charge else None
