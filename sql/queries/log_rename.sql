-- The registry learns that a log has a successor: the same log of the same ledger by another name.
update ledger.log
set origin = $2
where log = $1 and ledger_id = $3
