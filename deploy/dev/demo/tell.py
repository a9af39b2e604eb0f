"""The demo's summary, for people."""

import os
import pathlib
import re

from ledger import BIN

WHO = {
    "acme": "GPUs on demand, price falling with the month's GPU-hours",
    "globex": "reserved GPUs, covered hour by hour, what is beyond billed",
    "initech": "tokens by model and class, billed in Asia/Kolkata",
}
WHY = {  # quarantine's reasons
    "malformed": "not an event as its type's rules want it",
    "end_before_start": "ends before it starts",
    "unknown_tenant": "bills nobody known",
    "unknown_source": "from a source that is not registered",
    "source_not_allowed": "a type that its source may not send",
    "future": "from the future",
    "conflict": "the identity of another event, with other content",
}
USAGE = "/v1/usage?from=2026-09-01T00:00:00%2B05:30&to=2026-10-01T00:00:00%2B05:30&granularity=day" \
    "&time_zone=Asia/Kolkata"


def paths(api, tenants):
    """What the read API is asked, in the summary and before it is printed."""
    number = tenants[api["tenant"]][0]["number"]
    return [USAGE, "/v1/invoices", f"/v1/invoices/{number}", f"/v1/invoices/{number}/bundle",
            "/v1/ledger/checkpoint"]


def short(path):
    """As it can be typed in the folder that the demo was started from."""
    path, here = pathlib.Path(path), pathlib.Path(os.getcwd())
    return path.relative_to(here) if path.is_relative_to(here) else path


def brief(verdict):
    """Without the place in the log: verified: 9 entries, 9 signatures hold, 0 findings."""
    return re.sub(r"^(\w[\w ]*:) document at \d+ of \S+, ", r"\1 ", verdict)


def tell_events(summary):
    events, quarantined = summary["events"], summary["events"]["quarantined"]
    print("\nEvents: ingest counted exactly what the generator made")
    for name, why in (("produced", f"of which {events['late']:,} came late, after the first invoices"),
                      ("accepted", "counted, each once"),
                      ("duplicate", "came twice, and were recognised")):
        print(f"  {name:<20}{events[name]:>11,}  {why}")
    print(f"  {'quarantined':<20}{sum(quarantined.values()):>11,}  kept apart, not counted:")
    for reason, count in sorted(quarantined.items(), key=lambda row: -row[1]):
        print(f"    {reason:<18}{count:>11,}  {WHY.get(reason, '')}")
    print(f"  {'entries':<20}{summary['entries']:>11,}  lines of the book, each signed")


def tell_invoices(summary):
    print("\nInvoices: September's, and October's with the difference that September's late events make")
    for tenant, documents in summary["tenants"].items():
        print(f"  {tenant}: {WHO[tenant]}")
        for document in documents:
            number = document["number"]
            amount, currency = document["total"].split()
            print(f"    {number}{amount:>14} {currency}  {brief(summary['bundles'][number])}")
    print("  20 more tenants have usage in the book and no contract yet")


def tell_speed(summary):
    print("\nSpeed:              events/s   CPU µs per event: program  PostgreSQL  Kafka   total")
    for name, cost in (("ingest", summary["ingest"]["cost"]), ("consume only", summary["consume"])):
        cpu = cost["cpu_us_per_event"]
        print(f"  {name:<14}{cost['events_per_second']:>14,}{cpu['program']:>27.2f}"
              f"{cpu['postgres']:>12.2f}{cpu['broker']:>7.2f}{cpu['total']:>8.2f}")
    ratio = summary["cpu_ratio"]
    print(f"  {'ratio':<28}{ratio['program']:>27}{'':>19}{ratio['total']:>8}")


def tell_commands(summary, folder):
    api, archive = summary["api"], short(folder / "archive/public")
    number = summary["tenants"][api["tenant"]][0]["number"]
    print(f"\nTry it: {api['tenant']}'s key reads {api['tenant']}'s data and nobody else's")
    print(f"  KEY={api['key']}")
    for path in paths(api, summary["tenants"]):
        end = f" -o {short(folder)}/{number}.json" if path.endswith("/bundle") else ""
        print(f"  curl -sS -H \"Authorization: Bearer $KEY\" '{api['url']}{path}'{end}")
    pins = f"--vkey {archive}/log.vkey --root {archive}/root.vkey"
    print(f"  {short(BIN)}/daybook-verify bundle {short(folder)}/{number}.json {pins}")
    print(f"  {short(BIN)}/daybook-verify log {archive} {pins}")


def tell(summary, folder):
    tell_events(summary)
    tell_invoices(summary)
    print(f"\nThe whole book: {summary['verdict']}")
    tell_speed(summary)
    tell_commands(summary, folder)
    print(f"\n{sum(summary['seconds'].values()):.0f} s in all. The same, with the seconds of each step, "
          f"is in {short(folder)}/summary.json;\nwhat the programs said, in "
          f"{short(folder)}/programs.log. The read API goes on running: `make down` stops everything.")
