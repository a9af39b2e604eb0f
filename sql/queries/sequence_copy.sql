-- Which numbers of counting sources came.
copy ledger.sequence (log, feed, partition, incarnation, from_offset, source, numbered, unnumbered, runs)
from stdin (format binary)
