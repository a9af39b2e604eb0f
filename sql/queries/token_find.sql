-- Whom an API key lets in.
select token_id, hash, name, tenants, scopes, expires_at, revoked_at
from ledger.token
where log = $1 and token_id = $2
