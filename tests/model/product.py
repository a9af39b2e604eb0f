"""The product's own prices: rate_json over jobs, for whatever compares them."""
import json, os, random, subprocess, sys

RATE_JSON = os.path.join(os.environ.get("DAYBOOK_BIN", ".build/bin"), "rate_json")


def rated(jobs):
    """The answer to each job, in order."""
    text = "".join(json.dumps(job) + "\n" for job in jobs)
    said = subprocess.run([RATE_JSON], input=text, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(said) == len(jobs), f"{len(said)} answers to {len(jobs)} jobs"
    return [json.loads(line) for line in said]


def compare(what, make, judge, spoil, is_moved=None):
    """A program [COUNT [SEED] [DEFECT]]: its status. make(r, n, defect) is a random job, judge(job, documents) what differs in the answer,
    spoil(documents, defect) makes it wrong first, is_moved(job, documents) is counted."""
    count, seed, defect = (int(sys.argv[1]) if len(sys.argv) > 1 else 1000, int(sys.argv[2]) if len(sys.argv) > 2 else 1,
                           sys.argv[3] if len(sys.argv) > 3 else None)
    r = random.Random(seed)
    jobs = [make(r, n, defect) for n in range(count)]
    wrong = moved = 0
    for n, (job, answer) in enumerate(zip(jobs, rated(jobs))):
        found = [answer["error"]] if "error" in answer else []
        if not found:
            if defect:
                spoil(answer["documents"], defect)
            moved += bool(is_moved and is_moved(job, answer["documents"]))
            found = list(judge(job, answer["documents"]))
        wrong += bool(found)
        for sentence in found[:3] if wrong <= 10 else []:
            print(f"# job {n} of seed {seed}: {sentence}")
    print(f"# {count} {what}, " + (f"{moved} with burns that moved, " if is_moved else "") + f"{wrong} differ")
    return 1 if wrong else 0
