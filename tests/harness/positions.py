"""What must become of each record of a topic, found out without the product: by its position alone.

A record that is not quarantined is accepted where its identity comes for the first time, and a
duplicate everywhere after it. That holds for the partitions whose events come by this topic only.
"""

import json
import os
import subprocess


class Positions:
    def __init__(self, topic):
        self.identities = {}  # partition: [identity or None by offset]
        self.tenants = {}     # partition: keys
        done = subprocess.run(
            ["kcat", "-C", "-e", "-q", "-J", "-b", os.environ["DAYBOOK_KAFKA"], "-t", topic],
            stdout=subprocess.PIPE, check=True)
        for line in done.stdout.splitlines():
            self._take(json.loads(line))

    def _take(self, record):
        identities = self.identities.setdefault(record["partition"], [])
        assert record["offset"] == len(identities)
        identities.append(_identity(record))
        self.tenants.setdefault(record["partition"], set()).add(record["key"])

    def count(self):
        return sum(len(identities) for identities in self.identities.values())

    def fates(self, partition, quarantined):
        """One letter a record: a(ccepted), d(uplicate), q(uarantined)."""
        seen, letters = set(), []
        for offset, identity in enumerate(self.identities[partition]):
            if offset in quarantined:
                letters.append("q")
            else:
                letters.append("d" if identity in seen else "a")
                seen.add(identity)
        return "".join(letters)


def _identity(record):
    headers = record.get("headers", [])
    named = dict(zip(headers[::2], headers[1::2]))
    if "ce_id" in named:
        return record["key"], named["ce_source"], named["ce_id"]
    try:
        event = json.loads(record["payload"])
        return event["subject"], event["source"], event["id"]
    except (TypeError, ValueError, KeyError):
        return None


def differing_receipts(positions, receipts, quarantine):
    """The receipts (partition, from, to, accepted, duplicate, quarantined) that say otherwise."""
    quarantined, fates = {}, {}
    for partition, offset in quarantine:
        quarantined.setdefault(partition, set()).add(offset)
    for receipt in receipts:
        partition, begin, end = receipt[:3]
        if partition not in fates:
            fates[partition] = positions.fates(partition, quarantined.get(partition, set()))
        letters = fates[partition][begin:end]
        if [letters.count(letter) for letter in "adq"] != list(receipt[3:]):
            yield receipt
