-- The sealed sizes with this entry in them that witnesses have cosigned, their lines under the note.
select c.size, c.root, c.note || string_agg(s.line, '' order by s.signer), c.recorded_at
from ledger.checkpoint c
join ledger.cosignature s on s.log = c.log and s.size = c.size
where c.log = $1 and s.log = $1 and c.size > $2 and c.signed
group by c.log, c.size, c.signed
order by c.size
