-- Which schema files the database has.
select version, hash
from ledger.schema_version
order by version
