"""Cases of the form of models.json that are billed with a settlement."""
from fractions import Fraction as F

from job import Job, decimal


def payable(outs):
    amount = F(outs[0]["documents"][0]["settlement"]["payable"])
    return amount, amount


def net(outs):
    amount = F(outs[0]["documents"][0]["net"])
    return amount, amount


def invoice_after_credit(p, q, currency):
    job = Job(currency)
    job.report(1)
    job.charge(price=p["invoice"])
    job.prepay(p["credit"])
    return [job.bill()], payable


def time_of_day(p, q, currency):
    """A time of the day with a price and a commitment of its own; without true-up it only costs what is above."""
    bucket, job = p["bucket"], Job(currency)
    for time, units in q.items():
        job.report(units, hour=int(time[:2]))
    begin, end = (f"{hour:02}:00" for hour in bucket["hours"])
    job.charge(model="time_of_use", default=p["outside"]["unit"],
               windows=[{"days": [1, 2, 3, 4, 5, 6, 7], "from": begin, "to": end, "price": bucket["unit"]}])
    amount = F(bucket["commit_qty"]) * F(bucket["unit"]) if "commit_qty" in bucket else F(bucket["commit_amount"])
    # Outside of the window the commitment counts nothing.
    job.commit({"time_of_day": {"from": begin, "to": end}}, amount=decimal(amount), every=False, true_up=False,
               overage_factor=bucket["overage_factor"])
    return [job.bill()], net
