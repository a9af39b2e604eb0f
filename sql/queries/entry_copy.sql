-- Entries join the book at consecutive indexes, under the head's lock.
copy ledger.entry (log, idx, kind, body_version, tenant, stream, stream_seq, batch, series,
    window_from, length_seconds, quantity, contributions, corrected_seq, reason, debit, credit,
    amount, currency, exponent, code, document, subject, version, content_hash, operator, checksum,
    signature, writer)
from stdin (format binary)
