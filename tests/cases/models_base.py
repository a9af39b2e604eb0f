"""What maps cases of the form of models.json: by the name of their model."""
import answer
from job import Job

MAP = {}


def maps(*names):
    def keep(function):
        MAP.update(dict.fromkeys(names, function))
        return function
    return keep


def reported(currency, quantities, **terms):
    """One charge over one quantity for each hour."""
    job = Job(currency)
    for hour, quantity in enumerate(quantities if isinstance(quantities, list) else [quantities]):
        job.report(quantity, hour=hour)
    job.charge(**terms)
    return [job], answer.net()


def split(currency, before, more, **terms):
    """What was billed before, then more: a difference."""
    job = Job(currency)
    job.report(before)
    job.late()
    job.report(more)
    job.charge(**terms)
    return [job], answer.difference
