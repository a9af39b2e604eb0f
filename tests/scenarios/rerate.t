#!/usr/bin/env python3
"""Documents made again by daybook-rerate from their proof bundles alone; every planted change of the
document is named, and a bundle that lacks something is not judged."""

import copy
import hashlib
import json
import sys
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import PLAN, Billing  # noqa: E402
from harness import WORK, done_testing, is_, like, ok, run  # noqa: E402

book = Billing("rerate", acme="Europe/Berlin", umbrella="UTC")
charge = copy.deepcopy(PLAN["charges"][0])
del charge["price"]
book.plan("p", charges=[{**charge, "model": "graduated", "line_by": ["allocation"],
                         "tiers": [{"up_to": "10", "price": "1.23", "flat": "3"}, {"price": "0.977"}]}])
book.contract("c", "acme", "2026-07-31T22:00:00Z", zone="Europe/Berlin", payment_terms_days=14, reservations=[{
    "id": "r", "where": {"meter": "gpu_time", "sku": ["h100"]}, "units": "1", "from": "2026-09-03T10:00:00Z",
    "to": "2026-09-03T15:00:00Z", "rate": "0.5", "usage_rate": "0.0375", "payment": "none"}])
book.contract("u", "umbrella", "2026-08-01")
for month in ("08", "09", "10"):
    for allocation in ("a-1", "a-2"):
        book.gpu("acme", f"2026-{month}-03T10", 7, allocation=allocation)
book.gpu("umbrella", "2026-08-03T10", 5)
book.take()
documents = [book.issue("acme", "2026-08")]
umbrella = book.issue("umbrella", "2026-08")
book.gpu("acme", "2026-08-05T10", 3)
book.take()
documents.append(book.issue("acme", "2026-09"))
book.gpu("acme", "2026-08-06T10", 2)
book.gpu("acme", "2026-09-06T10", 2)
book.take()
documents.append(book.issue("acme", "2026-10"))
is_([len(document["adjustments"]) for document in documents], [0, 1, 2], "documents with late usage of one and two periods")
numbers = [document["number"] for document in documents] + [umbrella["number"]]
is_([book.verify(number) for number in numbers], ["verified"] * 4, "their bundles verify")
is_([book.rerate(number) for number in numbers], ["equal"] * 4, "and each is made again without a difference")


# ------------------------------------------------------------------------------------- judging
def changed(number, change, rehash=True):
    """The bundle after `change`; a changed document is what its entry hashes unless it says no."""
    bundle = json.loads(book.bundle(number).read_text())
    document = json.loads(bundle["document"])
    before = hashlib.sha256(bundle["document"].encode()).hexdigest()
    change(bundle, document)
    bundle["document"] = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    after = hashlib.sha256(bundle["document"].encode()).hexdigest()
    if rehash:
        for entry in bundle["entries"]:
            entry["body"] = entry["body"].replace(before, after)
    path = WORK / "changed.json"
    path.write_text(json.dumps(bundle))
    return path


def judge(path):
    done = run("daybook-rerate", path, check=False)
    return done.returncode, done.stdout + done.stderr


def cent(place, name):
    """One more in the last digit."""
    whole, _, part = place[name].partition(".")
    place[name] = str(int(whole + part) + 1).zfill(len(part) + 1)
    if part:
        place[name] = place[name][:-len(part)] + "." + place[name][-len(part):]


last, second = documents[2]["number"], documents[1]["number"]
for number, name, path, change in (
        (last, "a cent in a line", "/lines/0/amount", lambda d: cent(d["lines"][0], "amount")),
        (last, "a line's quantity", "/lines/1/quantity", lambda d: cent(d["lines"][1], "quantity")),
        (last, "10^-10 in a part", "/lines/0/parts/0/amount", lambda d: cent(d["lines"][0]["parts"][0], "amount")),
        (last, "a line's allocation", "/lines/0/line_by/allocation", lambda d: d["lines"][0]["line_by"].update(allocation="x")),
        (last, "a line more", "/lines/2", lambda d: d["lines"].append(d["lines"][0])),
        (last, "a line less", "/lines/1", lambda d: d["lines"].pop()),
        (last, "another order", "/lines/0/line_by/allocation", lambda d: d["lines"].reverse()),
        (last, "a price in an explanation", "/lines/0/parts/0/why", lambda d: d["lines"][0]["parts"][0].update(why="free")),
        (last, "a tax", "/taxes/0/tax", lambda d: cent(d["taxes"][0], "tax")),
        (last, "a tax rate", "/taxes/0/rate", lambda d: d["taxes"][0].update(rate="7")),
        (last, "the net", "/net", lambda d: cent(d, "net")),
        (last, "the tax", "/tax", lambda d: cent(d, "tax")),
        (last, "the total", "/total", lambda d: cent(d, "total")),
        (last, "an adjustment's cent", "/adjustments/1/lines/0/amount", lambda d: cent(d["adjustments"][1]["lines"][0], "amount")),
        (last, "an adjustment's tax", "/adjustments/0/tax", lambda d: cent(d["adjustments"][0], "tax")),
        (last, "an adjustment's original", "/adjustments/0/original", lambda d: d["adjustments"][0].update(original="X")),
        (last, "an original's hash", "/adjustments/0/original_hash", lambda d: d["adjustments"][0].update(original_hash="00")),
        (last, "an adjustment less", "/adjustments/1", lambda d: d["adjustments"].pop()),
        (second, "what a reservation covered", "/reservations/0/covered", lambda d: cent(d["reservations"][0], "covered")),
        (second, "an hour of a reservation", "/reservations/0/coverage/1/unused",
         lambda d: d["reservations"][0]["coverage"][1].update(unused="1")),
        (last, "the due date", "/due_date", lambda d: d.update(due_date="2027-01-01")),
        (last, "the customer", "/customer/name", lambda d: d["customer"].update(name="Other")),
        (last, "the currency", "/currency", lambda d: d.update(currency="USD")),
        (last, "its kind", "/document", lambda d: d.update(document="credit_note")),
):
    status, said = judge(changed(number, lambda bundle, document: change(document)))
    ok(status == 1 and f"DIFFERS {path}" in said, f"named: {name}") or print("#", status, said)

status, said = judge(changed(last, lambda bundle, document: cent(document, "total")))
like(said, rf'DIFFERS /total document="\d+\.\d\d" recomputed="{documents[2]["total"]}"', "with the document's value and the recomputed one")
like(said, r"that they are in the signed log: daybook-verify bundle", "and that proofs are another program's")
status, said = judge(changed(last, lambda bundle, document: document.update(note="x"), rehash=False))
ok(status == 1 and "not what its entry hashes" in said, "a document that was not booked is not equal to itself")


# ------------------------------------------------------------------- usage, and what is missing
def entry_of(bundle, index):
    return next(entry for entry in bundle["entries"] if entry["index"] == index)


def double(bundle, document):
    """More in the last usage entry of the bundle, which came late."""
    usage = [entry for entry in bundle["entries"] if entry["body"].startswith("44424b0101")]
    at = 2 * 112  # the quantity: i128
    body = usage[-1]["body"]
    usage[-1]["body"] = body[:at] + f"{int(body[at:at + 32], 16) + 10 ** 9:032x}" + body[at + 32:]


status, said = judge(changed(last, double))
ok(status == 1 and "DIFFERS /adjustments/1/lines/0/amount" in said, "other usage makes another document")


def without(kind):
    def change(bundle, document):
        bundle["contents"] = [content for content in bundle["contents"]
                              if not entry_of(bundle, content["index"])["body"].startswith(f"44424b01{kind:02x}")
                              or content["index"] == bundle["document_index"]]
    return change


def drop(bundle, document):
    index = document["plans"][0]["index"]
    bundle["contents"] = [content for content in bundle["contents"] if content["index"] != index]


def other_content(bundle, document):
    for content in bundle["contents"]:
        if content["index"] == document["plans"][0]["index"]:
            content["content"] = content["content"].replace("1.23", "1.22")


def no_original(bundle, document):
    first = next(entry for entry in bundle["entries"]
                 if entry["body"].startswith("44424b0105") and entry["index"] < bundle["document_index"])
    bundle["entries"].remove(first)
    bundle["contents"] = [content for content in bundle["contents"] if content["index"] != first["index"]]


for name, change, said in (
        ("a plan that is not there", drop, "lacks the plan of entry"),
        ("contracts that are not there", without(10), "lacks the contract of entry"),
        ("no tenant's entry", without(8), "no entry of the tenant"),
        ("a plan with another price", other_content, "is not what the entry hashes"),
        ("an adjusted period without its document", no_original, "lacks the document of period 2026-08"),
        ("series that are not spelled out", lambda bundle, document: bundle.update(series=[]), "is not spelled out"),
        ("entries that are not there", lambda bundle, document: bundle.update(entries=[]), "no entries"),
        ("no document", lambda bundle, document: bundle.update(document_index=-1), "no document_index"),
        ("no cut", lambda bundle, document: document.pop("cut"), "no size"),
        ("no period", lambda bundle, document: document.pop("period"), "no period"),
        ("a body that is none", lambda bundle, document: bundle["entries"][0].update(body="00"), "entry 0")):
    status, words = judge(changed(last, change))
    ok(status == 2 and said in words, f"cannot judge {name}") or print("#", status, words)
(WORK / "none.json").write_text("[")
is_(judge(WORK / "none.json")[0], 2, "what is no JSON cannot be judged")
is_(judge(WORK / "nothing.json")[0], 2, "nor a file that is not there")

report = json.loads(run("daybook-rerate", "--json", changed(last, lambda b, d: cent(d, "net")), check=False).stdout)
is_((report["equal"], report["document"], report["proofs_checked"], report["differences"]),
    (False, last, False, [{"path": "/net", "document": json.loads(json.loads(
        (WORK / "changed.json").read_text())["document"])["net"], "recomputed": documents[2]["net"]}]), "the report as JSON")
done_testing()
