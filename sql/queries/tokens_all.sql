-- All API keys, for those who hand them out.
select token_id, hash, name, tenants, scopes, expires_at, revoked_at
from ledger.token
where log = $1
order by name, token_id
