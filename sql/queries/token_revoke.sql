-- An API key is taken back, for good.
update ledger.token
set revoked_at = coalesce(revoked_at, now())
where log = $1 and token_id = $2
