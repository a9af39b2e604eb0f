-- one version of a contract is decided after the other, so that each knows whom the last one named
select pg_advisory_xact_lock($1, hashtext($2))
