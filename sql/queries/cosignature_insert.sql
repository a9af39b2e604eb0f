-- A witness's line under a sealed size; again, or under a size that is not sealed, is nothing.
insert into ledger.cosignature (log, size, signer, line)
select c.log, c.size, $3::text, $4::text
from ledger.checkpoint c
where c.log = $1 and c.size = $2 and c.signed
on conflict (log, size, signer) do nothing
