-- New series of a batch: what was measured, spelled out once.
copy ledger.series (log, tenant, series, slot, step, descriptor)
from stdin (format binary)
