-- Every kept line of a witness, with the log's own note of that size, if it is sealed.
select s.size, s.signer, s.line, case when s.signed then c.note end
from ledger.cosignature s
left join ledger.checkpoint c on c.log = s.log and c.size = s.size and c.signed
where s.log = $1
order by s.size, s.signer
