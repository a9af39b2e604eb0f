#!/usr/bin/env python3
"""Laws of the prices over random jobs that the product rates (rate_json), without a second model.

    laws.py [COUNT [SEED] [DEFECT]]

Each job is rated beside changed ones that must, by a law, cost the same or nothing more. DEFECT is the word
of a law whose answers are spoilt by a cent first, to show that the comparison can fail. Prints each breach
and exits 1 on any.
"""
import copy, json, random, sys
from fractions import Fraction as F

import differential
import pools, rich
from prices import half_away, instant, minor
from product import rated

G = 3600 * 10 ** 6
EXPONENTS = {"JPY": 0, "KWD": 3}


def small(r, plain=False):
    """A job whose reservations are short, so that thousands are quick; half of them have every model."""
    job, start, _ = differential.job(r, plain=True)
    if not plain and r.random() < .5:
        job = rich.rich(r, job, start)
        for plan in job["contract"].get("spend_plans", []):  # of whatever has a price by itself
            plan.pop("charges", None), plan.pop("rates", None)
            plan.setdefault("discount", "30")
    for reservation in job["contract"]["reservations"]:
        at = start + 3600 * r.randrange(24)
        reservation.update({"from": differential.stamp(at), "to": differential.stamp(at + 3600 * r.randrange(1, 40))})
    return job


def lines(answer):
    return [(line["charge"], line["tax_category"], line["rate"], json.dumps(line["line_by"], sort_keys=True),
             line["amount"], line.get("base_quantity")) for line in answer["lines"]]


def charges(answer):
    """Amounts by (charge, category, rate), zero ones left out."""
    sums = {}
    for line in answer["lines"]:
        key = line["kind"], line["charge"], line["tax_category"], F(line["rate"])
        sums[key] = sums.get(key, 0) + F(line["amount"])
    return {k: v for k, v in sums.items() if v}


# ---------------------------------------------------------------------- laws of one rated job

def parts_sum_to_lines(job, answer):
    return all(sum(F(p["amount"]) for p in line["parts"]) == F(line["amount"])
               for line in answer["lines"] if line.get("parts"))


def nets_taxes_and_total_sum_up(job, answer):
    e = EXPONENTS.get(job["contract"]["currency"], 2)
    nets = {}
    for line in answer["lines"]:
        key = line["tax_category"], F(line["rate"])
        nets[key] = nets.get(key, 0) + minor(line["amount"], e)
    stated = {(t["category"], F(t["rate"])): minor(t["net"], e) for t in answer["taxes"]}
    taxes = sum(minor(t["tax"], e) for t in answer["taxes"])
    return (all(stated.get(k, 0) == n for k, n in nets.items()) and sum(nets.values()) == minor(answer["net"], e) and
            all(minor(t["tax"], e) == sum(half_away(F(t["net"]) * F(p["rate"]) / 100, e) for p in t.get("parts", [t]))
                for t in answer["taxes"]) and
            minor(answer["total"], e) == sum(nets.values()) + taxes)


def used_and_unused_are_the_capacity(job, answer):
    return all("capacity" not in x or F(x["covered"]) + F(x["unused"]) == F(x["capacity"]) and F(x["covered"]) >= 0 <= F(x["unused"])
               for r in answer["reservations"] + answer.get("spend_plans", []) for x in [r, *r["coverage"]])


def nothing_late_nothing_owed(job, answer):
    return answer["difference"] == {"lines": [], "taxes": [], "net": answer["difference"]["net"], "tax": answer["difference"]["tax"]} \
        and F(answer["difference"]["net"]) == 0 == F(answer["difference"]["tax"])


# --------------------------------------------------------------- laws of a job and a changed one

def shuffled(r, job):
    other = copy.deepcopy(job)
    r.shuffle(other["usage"])
    return other


def same(job):
    return job


def split(r, job):
    """Every quantity in two entries of the same window."""
    other = {**job, "usage": []}
    for u in job["usage"]:
        some = r.randrange(int(u["quantity"]) + 1) if int(u["quantity"]) > 0 else 0
        other["usage"] += [{**u, "quantity": str(q)} for q in (some, int(u["quantity"]) - some)]
    return other


def spread(r, job):
    """The same usage in other windows: of one plan version, one tax rate, no reservation, per_unit."""
    other = copy.deepcopy(job)
    start = instant(job["contract"]["from"])
    for u in other["usage"]:
        u["from"] = differential.stamp(start + u["length_seconds"] * r.randrange(400))
    return other


def other_lines(r, job):
    other = copy.deepcopy(job)
    for plan in other["plans"]:
        for charge in plan["plan"]["charges"]:
            if "meter" in charge:
                charge["line_by"] = r.sample(["project", "sku", "zone"], r.randrange(1, 4))
    return other


def timeless(r, job):
    """The job without what depends on time."""
    job["plans"] = job["plans"][:1]
    job["contract"]["plans"] = [{**job["contract"]["plans"][0], "to": None}]
    job["contract"]["reservations"] = []
    job["contract"].pop("spend_plans", None)
    job["contract"]["tax"]["profile"] = job["contract"]["tax"]["profile"][:2]
    job["usage"] = [u for u in job["usage"] if int(u["quantity"]) > 0]
    for charge in job["plans"][0]["plan"]["charges"]:
        if charge["model"] == "graduated":
            charge.update(model="per_unit", price=charge.pop("tiers")[0]["price"])
            charge.pop("flat_at_zero", None)
    return job


def whole(r):
    """One charge over a month in one version, nothing reserved, by the unit: what other models are compared with."""
    job, start, _ = differential.job(r, plain=True)
    job = timeless(r, job)
    charge = {"charge": "c", "meter": "gpu_time", "price_unit": {"name": "GPU-hour", "divisor": str(G)}, "model": "per_unit",
              "price": differential.amount(r, 5)}
    job["plans"][0]["plan"]["charges"] = [charge]
    job["contract"]["plans"][0]["from"] = job["contract"]["from"]
    for n, u in enumerate(job["usage"]):
        u["dimensions"] = {**u["dimensions"], "allocation": f"a{n % 3}"}
    return job, charge, start


def replaced(job, **members):
    """The job whose one charge is changed; None takes a member away."""
    other = copy.deepcopy(job)
    charge = other["plans"][0]["plan"]["charges"][0]
    charge.update(members)
    for name in [name for name, value in members.items() if value is None]:
        del charge[name]
    return other


def alike(r):
    """Another way to say a price by the unit."""
    job, charge, start = whole(r)
    p = charge["price"]
    way = r.choice([
        {"model": "matrix", "by": ["sku"], "rows": [{"when": {"sku": s}, "price": p} for s in ("h100", "l4")], "default": p, "price": None},
        {"model": "time_of_use", "windows": [{"days": [1, 2, 6], "from": "09:00", "to": "03:00", "price": p}], "default": p, "price": None},
        {"model": "series", "steps": [{"from": differential.stamp(start + 86400 * n), "price": p} for n in range(3)], "price": None},
        {"model": "volume", "tiers": [{"price": p}], "price": None}, {"per_window": True}, {"counts_covered": True},
        {"convert": {"divide": "4"}, "price": str(F(p) * 4) if (F(p) * 4).denominator == 1 else None},
        {"session": {"increment": "1"}}, {"discounts": [{"percent": "0"}, {"fixed": "0"}]}, {"minimum": "0"}, {"maximum": "999999999"}])
    if "convert" in way and way["price"] is None:
        way = {"price_unit": {"name": "GPU", "divisor": str(4 * G)}, "convert": {"multiply": "4"}}
    return [job, replaced(job, **way)]


def overridden(r):
    """The contract's override says what the plan says."""
    job, charge, start = whole(r)
    other = copy.deepcopy(job)
    other["contract"]["overrides"] = [{"plan": "p", "charge": "c", "price": charge["price"],
                                       "from": differential.stamp(start + 86400 * r.randrange(1, 20))}]
    return [job, other]


def bounded(r):
    """Discounted, and neither below the minimum nor above the maximum."""
    job, charge, _ = whole(r)
    least = r.randrange(200)
    return [job, replaced(job, discounts=[{"percent": differential.amount(r, 100)}]),
            replaced(job, minimum=str(least)), replaced(job, minimum=str(least), maximum=str(least + 10))]


def keeps_its_bounds(jobs, answers):
    plain, discounted, least, most = (F(a["net"]) for a in answers)
    minimum = F(jobs[2]["plans"][0]["plan"]["charges"][0]["minimum"])
    return 0 <= discounted <= plain and least == max(plain, minimum) and most == min(max(plain, minimum), minimum + 10)


def tiled(r):
    """A fee of many versions is the fee of one: days tile the period."""
    job, _, start = whole(r)
    fee = {"charge": "f", "model": "flat", "price": differential.amount(r, 100), "minimum": "3"}
    job["plans"][0]["plan"]["charges"] = [fee]
    job["usage"] = []
    other = copy.deepcopy(job)
    borders = sorted({start + 3600 * r.randrange(1, 600) for _ in range(r.randrange(1, 5))})
    times = [job["contract"]["from"]] + [differential.stamp(b) for b in borders]
    other["contract"]["plans"] = [{"plan": "p", "version": n, "from": a, "to": b} for n, (a, b) in enumerate(zip(times, times[1:] + [None]), 1)]
    other["plans"] = [{**job["plans"][0], "version": n} for n in range(1, len(times) + 1)]
    return [job, other]


def sessions(r):
    """A session is never less than its minimum, is whole increments, and is less than one more than was used."""
    job, charge, _ = whole(r)
    return [replaced(job, price="1", session={"increment": str(r.choice([1, 7, G // 60])), "minimum": str(r.choice([0, G]))})]


def rounds_each_session(jobs, answers):
    rule = jobs[0]["plans"][0]["plan"]["charges"][0]["session"]
    step, least = int(rule["increment"]), int(rule["minimum"])
    used = {}
    for u in jobs[0]["usage"]:
        name = u["dimensions"]["allocation"]
        used[name] = used.get(name, 0) + int(u["quantity"])
    units = sum(max(-(-q // step) * step, least) for q in used.values())
    e = EXPONENTS.get(jobs[0]["contract"]["currency"], 2)
    return minor(answers[0]["net"], e) == half_away(F(units, G), e)


def highest(r):
    job, charge, _ = whole(r)
    return [replaced(job, model="peak", price="1000")]


def bills_the_highest_window(jobs, answers):
    sums = {}
    for u in jobs[0]["usage"]:
        sums[u["from"]] = sums.get(u["from"], 0) + int(u["quantity"])
    e = EXPONENTS.get(jobs[0]["contract"]["currency"], 2)
    return minor(answers[0]["net"], e) == half_away(F(max(sums.values(), default=0) * 1000, G), e)


def same_net(jobs, answers):
    return answers[0]["net"] == answers[1]["net"] and charges(answers[0]) == charges(answers[1])


MODELS = {  # law: its jobs, what is true of their answers
    "a_price_by_the_unit_is_the_same_in_every_model": (alike, same_net),
    "an_override_that_says_the_same_changes_nothing": (overridden, same_net),
    "discounts_minimum_and_maximum_keep_their_bounds": (bounded, keeps_its_bounds),
    "fees_of_versions_tile_the_period": (tiled, same_net),
    "sessions_are_whole_increments": (sessions, rounds_each_session),
    "a_peak_is_the_highest_window": (highest, bills_the_highest_window),
    "a_pool_covers_no_less_than_its_members_alone": (lambda r: pools.shared_or_alone(r, small(r, plain=True)), pools.covers_no_less),
    "a_pool_costs_what_one_tenant_with_its_usage_does": (lambda r: pools.one_or_two(r, timeless(r, small(r, plain=True))),
                                                         pools.costs_the_same),
}


def marginal(job):
    """A graduated charge's exact cost, tier by tier; None where a law is not stated so simply."""
    charge, = job["plans"][0]["plan"]["charges"]
    use = F(sum(int(u["quantity"]) for u in job["usage"]), int(charge["price_unit"]["divisor"]))
    low, cost = F(0), F(0)
    for tier in charge["tiers"]:
        high = min(use, F(tier["up_to"])) if "up_to" in tier else use
        if high > low or (low == 0 == use):
            cost += max(F(0), high - low) * F(tier["price"]) + F(tier.get("flat", "0"))
        low = max(low, F(tier.get("up_to", use)))
        if use <= low:
            break
    return cost


def tiers(r, job):
    job = timeless(r, job)
    borders = sorted(r.sample(range(1, 200), r.randrange(4)))
    steps = [{"up_to": f"{b}.{r.randrange(10)}", "price": differential.amount(r, 5)} for b in borders]
    steps.append({"price": differential.amount(r, 5)})
    for step in steps:
        if r.random() < .4:
            step["flat"] = differential.amount(r, 20, 3)
    job["plans"][0]["plan"]["charges"] = [{"charge": "g", "meter": "gpu_time", "model": "graduated", "tiers": steps,
                                           "price_unit": {"name": "GPU-hour", "divisor": str(G)}}]
    return job


def graduated_is_the_sum_of_its_tiers(job, answer):
    e = EXPONENTS.get(job["contract"]["currency"], 2)
    return minor(answer["net"], e) == half_away(marginal(job), e)


ONE = {f.__name__: f for f in (parts_sum_to_lines, nets_taxes_and_total_sum_up, used_and_unused_are_the_capacity)}
TWO = {  # law: the changed job, what is compared
    "order_of_entries_does_not_matter": (shuffled, lambda a: json.dumps(a["lines"]) + a["total"]),
    "splitting_an_entry_changes_nothing": (split, lambda a: json.dumps(a["lines"]) + a["total"]),
    "rated_again_the_bytes_are_the_same": (lambda r, job: job, lambda a: json.dumps(a)),
    "lines_never_change_what_a_charge_costs": (other_lines, lambda a: (sorted(charges(a).items()), a["total"])),
}


PLAIN = {"windows_do_not_matter_without_time", "graduated_is_the_sum_of_its_tiers"}  # of graduated and by the unit


def jobs_of(r, law):
    if law in MODELS:
        return MODELS[law][0](r)
    job = small(r, plain=law in PLAIN)
    if law in TWO:
        return [job, TWO[law][0](r, job)]
    if law == "windows_do_not_matter_without_time":
        job = timeless(r, job)
        return [job, spread(r, job)]
    if law == "nothing_late_nothing_owed":
        return [{**job, "then": job["usage"]}]
    return [tiers(r, job) if law == "graduated_is_the_sum_of_its_tiers" else job]


LAWS = [*ONE, *TWO, *MODELS, "windows_do_not_matter_without_time", "nothing_late_nothing_owed", "graduated_is_the_sum_of_its_tiers"]
CHECKS = {**ONE, "nothing_late_nothing_owed": nothing_late_nothing_owed,
          "graduated_is_the_sum_of_its_tiers": graduated_is_the_sum_of_its_tiers}


def holds(law, jobs, answers):
    if any("error" in a for a in answers):
        return False
    if law in MODELS:
        return MODELS[law][1](jobs, answers)
    if law in CHECKS:
        return CHECKS[law](jobs[0], answers[0])
    seen = TWO[law][1] if law in TWO else lambda a: (sorted(charges(a).items()), a["total"])
    return seen(answers[0]) == seen(answers[1])


def spoil(answer):
    """One minor unit, or a second of cover, too much, as a defect would make it."""
    for place, names in ((answer, ("net", "total")), (answer.get("difference", {}), ("net",))):
        for name in names:
            if name in place:
                place[name] = str(F(place[name]) + 1)
    for line in answer.get("lines", [])[:1]:
        line["amount"] = str(F(line["amount"]) + 1)
    for reservation in answer.get("reservations", []) + answer.get("spend_plans", []):
        reservation["covered"] = str(F(reservation["covered"]) + 1)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    defect = sys.argv[3] if len(sys.argv) > 3 else None
    r = random.Random(seed)
    laws = [LAWS[i % len(LAWS)] for i in range(count)]
    sets = [jobs_of(r, law) for law in laws]
    answers = iter(rated([job for jobs in sets for job in jobs]))
    breaches, held = 0, {law: 0 for law in LAWS}
    for n, (law, jobs) in enumerate(zip(laws, sets)):
        mine = [next(answers) for _ in jobs]
        if law == defect:
            spoil(mine[-1])
        if holds(law, jobs, mine):
            held[law] += 1
        else:
            breaches += 1
            if breaches <= 20:
                error = next((a["error"] for a in mine if "error" in a), "")
                print(f"# {law} is broken by job {n} of seed {seed} {error}")
    print(f"# {count} jobs, {breaches} breaches; " +
          ", ".join(f"{law} {n}" for law, n in held.items()))
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
