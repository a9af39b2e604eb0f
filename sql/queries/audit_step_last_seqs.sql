-- What a step says is a tenant's last entry is the last one of its batch.
select e.idx, format('slot %s step %s: %s is not the last number that its batch gave tenant %s',
    s.slot, s.step, t.last_seq, t.tenant)
from ledger.slot_step s
    cross join lateral unnest(s.tenants, s.last_seqs) as t (tenant, last_seq)
    left join ledger.entry e on e.log = $1 and e.tenant = t.tenant and e.stream = 0
        and e.stream_seq = t.last_seq
    left join ledger.entry n on n.log = $1 and n.tenant = t.tenant and n.stream = 0
        and n.stream_seq = t.last_seq + 1
where s.log = $1 and (e.batch is distinct from s.batch or (n.batch = s.batch
    and s.batch <> decode(repeat('00', 16), 'hex')))
order by s.slot, s.step, t.tenant
