"""Guards of ingest: what must hold so that each event is counted once, and is known again."""

from planted import Planted

CLAIM, DECIDE = ("unit/ingest/claim",), ("unit/ingest/decide",)

OF_INGEST = [
    # ------------------------------------------------------------------------------------ the claim
    Planted("records_lost", "records that left the topic unread stop the partition", "ingest/claim.c",
            "facts->low > facts->next", "false", CLAIM, "fast"),
    Planted("log_short", "a topic that ends before what was read stops the partition", "ingest/claim.c",
            "facts->next > facts->high", "false", CLAIM, "fast"),
    Planted("another_cluster", "another Kafka cluster than at the first claim stops the partition",
            "ingest/claim.c", "!facts->same_cluster", "false", CLAIM, "fast"),
    Planted("last_anchor", "the chain's last record must hash as the receipt says", "ingest/claim.c",
            "digest_equals(&hash, &claim->end.last_hash)", "true", CLAIM, "fast"),
    Planted("hole", "a gap in offsets stops a feed that is not transactional", "ingest/claim.c",
            "offset > expected && !may_have_holes(claim)", "false", CLAIM, "fast"),
    Planted("broker_time", "a producer's time stops a feed that needs the broker's", "ingest/claim.c",
            "record->timestamp_type != 1", "false", CLAIM, "fast"),
    Planted("unverified", "reading begins behind the chain's last record", "ingest/partition_state.c",
            "ve, x,  x,  x,  ve, x ", "re, x,  x,  x,  re, x ", ("unit/ingest/partition_state",), "fast"),
    # --------------------------------------------------------------------------------- the decision
    Planted("conflict", "the same identity with another meaning is no duplicate", "ingest/decide.c",
            "meaning == item->measure.meaning", "true", DECIDE, "fast"),
    Planted("dedup_floor", "an event below the dedup floor is not decided on", "ingest/decide.c",
            "hour < decider->tally.table->slots[item->tenant->slot].floor_hour", "false", DECIDE,
            "fast"),
    Planted("set_step", "only a set that is complete to the former step becomes complete to the next",
            "ingest/hours.c", "set->complete_step == from", "true", ("unit/ingest/hours",), "fast"),
    Planted("same_batch", "a copy within one batch is a duplicate", "ingest/tally.c",
            "lookup_add(&tally->identities, identity_hash(measure->identity), identity);", "", DECIDE,
            "fast"),
]
