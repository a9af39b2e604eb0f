-- Row-level security of every table with a tenant's number in it. The web process sees the tenants
-- that its transaction has named, and nobody's rows but theirs; without the setting it gets an error,
-- never an empty bill. No sub-selects, no missing_ok. The writers by COPY (ingest, control, invoices)
-- pass by the BYPASSRLS of their roles, because COPY FROM refuses a table with row-level security;
-- what they may touch is their grants.

alter table ledger.entry enable row level security;
alter table ledger.entry force row level security;
create policy entry_all on ledger.entry
    to daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices,
        daybook_auditor
    using (true) with check (true);
create policy entry_of_tenants on ledger.entry for select to daybook_serve
    using (tenant = any (current_setting('daybook.tenants')::bigint[]));

alter table ledger.series enable row level security;
alter table ledger.series force row level security;
create policy series_all on ledger.series
    to daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices,
        daybook_auditor
    using (true) with check (true);
create policy series_of_tenants on ledger.series for select to daybook_serve
    using (tenant = any (current_setting('daybook.tenants')::bigint[]));

alter table ledger.content enable row level security;
alter table ledger.content force row level security;
create policy content_all on ledger.content
    to daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices,
        daybook_auditor
    using (true) with check (true);
create policy content_of_tenants on ledger.content for select to daybook_serve
    using (tenant = any (current_setting('daybook.tenants')::bigint[]));

alter table ledger.review enable row level security;
alter table ledger.review force row level security;
create policy review_all on ledger.review
    to daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices,
        daybook_auditor
    using (true) with check (true);
create policy review_of_tenants on ledger.review for select to daybook_serve
    using (tenant = any (current_setting('daybook.tenants')::bigint[]));

alter table ledger.document enable row level security;
alter table ledger.document force row level security;
create policy document_all on ledger.document
    to daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices,
        daybook_auditor
    using (true) with check (true);
create policy document_of_tenants on ledger.document for select to daybook_serve
    using (tenant = any (current_setting('daybook.tenants')::bigint[]));

alter table ledger.bundle enable row level security;
alter table ledger.bundle force row level security;
create policy bundle_all on ledger.bundle
    to daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices,
        daybook_auditor
    using (true) with check (true);
create policy bundle_of_tenants on ledger.bundle for select to daybook_serve
    using (tenant = any (current_setting('daybook.tenants')::bigint[]));

alter table ledger.tenant enable row level security;
alter table ledger.tenant force row level security;
create policy tenant_all on ledger.tenant
    to daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices,
        daybook_auditor
    using (true) with check (true);
create policy tenant_of_tenants on ledger.tenant for select to daybook_serve
    using (tenant = any (current_setting('daybook.tenants')::bigint[]));

alter table ledger.money_head enable row level security;
alter table ledger.money_head force row level security;
create policy money_head_all on ledger.money_head
    to daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices,
        daybook_auditor
    using (true) with check (true);
create policy money_head_of_tenants on ledger.money_head for select to daybook_serve
    using (tenant = any (current_setting('daybook.tenants')::bigint[]));

