-- A schema file is applied.
insert into ledger.schema_version (version, name, hash)
values ($1, $2, $3)
