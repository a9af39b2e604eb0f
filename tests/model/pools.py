"""Laws of pools: jobs of two tenants, and what is true of their answers; a part of laws.py."""
import copy
from fractions import Fraction as F


def pooled(r, job):
    """The same usage, of the payer and of a member."""
    other = copy.deepcopy(job)
    other["contract"]["pool"] = {"payer": "t", "members": ["u"]}
    other["usage"] = [row for row in other["usage"] if int(row["quantity"]) > 0]  # a correction is of one tenant
    for list_of in ("usage", "then"):
        for row in other.get(list_of, []):
            row["tenant"] = r.choice("tu")
    return other


def shared_or_alone(r, job):
    """Each member holds a reservation of the same kind; shared, and for itself alone."""
    job["contract"]["reservations"] = [{**x, "id": x["id"] + tenant, "owner": tenant}
                                       for x in job["contract"]["reservations"][:1] if "kind" not in x for tenant in "tu"]
    alone = pooled(r, job)
    shared = copy.deepcopy(alone)
    for reservation in shared["contract"]["reservations"]:
        reservation["shared"] = True
    return [alone, shared]


def covers_no_less(jobs, answers):
    """In normalised seconds, what is left by rounding to whole base units apart; never above the capacity."""
    held = [[(F(x["capacity"]), F(x["covered"]), F(x["unused"])) for x in a["reservations"]] for a in answers]
    if any(capacity != covered + unused or unused < 0 for rows in held for capacity, covered, unused in rows):
        return False
    alone, shared = (sum(covered for _, covered, _ in rows) for rows in held)
    return bool(F(answers[1]["total"]) == F(answers[1]["net"]) + F(answers[1]["tax"])) and shared >= alone - F(len(jobs[0]["usage"]), 1000)


def one_or_two(r, job):
    return [job, pooled(r, job)]


def costs_the_same(jobs, answers):
    one, two = answers
    sums = [{}, {}]
    for n, answer in enumerate(answers):
        for line in answer["lines"]:
            key = line["charge"], line["tax_category"], F(line["rate"])
            sums[n][key] = sums[n].get(key, 0) + F(line["amount"])
    return one["total"] == two["total"] and all(sums[0].get(k, 0) == sums[1].get(k, 0) for k in {*sums[0], *sums[1]})
