-- What a control entry or a document says, beside the entry that names its hash.
insert into ledger.content (log, idx, kind, tenant, subject_id, version, hash, content)
values ($1, $2, $3, $4, $5, $6, $7, $8)
