-- What must hold in every book, whatever happened to it: says what does not.
SELECT 'indexes have gaps' FROM ledger.entry HAVING count(*) <> max(idx) + 1
UNION ALL SELECT 'head is elsewhere' FROM ledger.head WHERE size <> (SELECT count(*) FROM ledger.entry)
UNION ALL SELECT 'stream has gaps' FROM ledger.entry GROUP BY tenant, stream
    HAVING count(*) <> max(stream_seq) + 1
UNION ALL SELECT 'receipts do not tile' FROM ledger.receipt GROUP BY feed, partition, incarnation
    HAVING max(to_offset) - min(from_offset) <> sum(to_offset - from_offset) OR min(from_offset) <> min(start)
UNION ALL SELECT 'identities are not the accepted events' WHERE
    (SELECT coalesce(sum(octet_length(ids)) / 24, 0) FROM ledger.dedup_block)
    <> (SELECT coalesce(sum(accepted), 0) FROM ledger.receipt)
UNION ALL SELECT 'quarantine is not what receipts say' WHERE
    (SELECT count(*) FROM ledger.quarantine) <> (SELECT coalesce(sum(quarantined), 0) FROM ledger.receipt)
UNION ALL SELECT 'identity twice' FROM (SELECT slot, event_hour, substring(ids FROM n * 24 + 1 FOR 16) id
    FROM ledger.dedup_block, generate_series(0, octet_length(ids) / 24 - 1) n) i
    GROUP BY slot, event_hour, id HAVING count(*) > 1
UNION ALL SELECT 'slot is not at its last step' FROM ledger.slot s WHERE step <>
    (SELECT count(*) FROM ledger.slot_step t WHERE t.slot = s.slot)
UNION ALL SELECT 'batch without a receipt' FROM ledger.slot_step t WHERE NOT EXISTS
    (SELECT FROM ledger.entry e WHERE e.batch = t.batch AND e.kind = 6)
