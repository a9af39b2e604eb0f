-- What bills read of a tenant's usage, without its rows: these lie where they came, among everybody's,
-- each on a page of its own. A bill sums ranges of the stream; the index has them side by side.
create index entry_usage on ledger.entry (log, tenant, stream_seq)
    include (idx, kind, window_from, length_seconds, series, quantity) where stream = 0;
