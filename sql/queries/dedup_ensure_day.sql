-- A day of events has a place for its identities.
select ledger.ensure_dedup_day($1)
