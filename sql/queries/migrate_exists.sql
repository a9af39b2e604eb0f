-- Whether the database was ever migrated.
select to_regclass('ledger.schema_version') is not null
