-- Hourly coverage of reservations and spend plans, as issued documents say it. A view on their
-- signed contents: nothing is stored twice, so nothing can differ and nothing must be made again.
-- The reader's own rights and row-level security hold (security_invoker).
create view ledger.coverage with (security_invoker = true) as
select d.log, d.tenant, d.idx, d.document_id, d.period_from, d.period_to, s.kind,
    s.item ->> 'id' as id, s.item ->> 'unit' as unit,
    (r.item ->> 'from')::timestamptz as from_at, (r.item ->> 'to')::timestamptz as to_at,
    (r.item ->> 'capacity')::numeric as capacity, (r.item ->> 'covered')::numeric as covered,
    (r.item ->> 'unused')::numeric as unused, (r.item ->> 'overage')::numeric as overage
from ledger.document d
join ledger.content c on c.log = d.log and c.idx = d.idx
cross join lateral (select c.content::jsonb as json) p
cross join lateral (
    select 'reservation' as kind, jsonb_array_elements(p.json -> 'reservations') as item
    union all
    select 'spend_plan', jsonb_array_elements(p.json -> 'spend_plans')
) s
cross join lateral jsonb_array_elements(s.item -> 'coverage') r (item);

grant select on ledger.coverage to daybook_invoices, daybook_serve, daybook_auditor;

comment on view ledger.coverage is
    'Coverage by UTC hour of reservations and spend plans, as issued documents say it. Derived.';
comment on column ledger.coverage.log is 'number of the log';
comment on column ledger.coverage.tenant is 'number';
comment on column ledger.coverage.idx is 'the document''s entry';
comment on column ledger.coverage.document_id is 'the document''s number';
comment on column ledger.coverage.period_from is 'of the document';
comment on column ledger.coverage.period_to is 'of the document; exclusive';
comment on column ledger.coverage.kind is 'reservation or spend_plan';
comment on column ledger.coverage.id is 'as the contract calls it';
comment on column ledger.coverage.unit is 'unit-second, a currency, or what throughput serves';
comment on column ledger.coverage.from_at is 'the cell''s first instant';
comment on column ledger.coverage.to_at is 'the cell''s end; exclusive';
comment on column ledger.coverage.capacity is 'paid; covered + unused; null of throughput';
comment on column ledger.coverage.covered is 'used';
comment on column ledger.coverage.unused is 'paid and not used';
comment on column ledger.coverage.overage is 'usage in scope beyond the capacity';
