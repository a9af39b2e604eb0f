-- An API key is handed out.
insert into ledger.token (log, token_id, hash, tenants, scopes, name, expires_at)
values ($1, $2, $3, $4, $5, $6, $7)
