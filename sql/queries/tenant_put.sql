-- The registry learns of a tenant; of a known one only name and zone may change.
insert into ledger.tenant (log, tenant, id, slot, grid_seconds, name, zone)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (log, tenant) do update
set name = excluded.name, zone = excluded.zone
where tenant.id = excluded.id
