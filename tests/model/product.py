"""The product's own prices: rate_json over jobs, for whatever compares them."""
import json, os, subprocess

RATE_JSON = os.path.join(os.environ.get("DAYBOOK_BIN", ".build/bin"), "rate_json")


def rated(jobs):
    """The answer to each job, in order."""
    text = "".join(json.dumps(job) + "\n" for job in jobs)
    said = subprocess.run([RATE_JSON], input=text, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(said) == len(jobs), f"{len(said)} answers to {len(jobs)} jobs"
    return [json.loads(line) for line in said]
