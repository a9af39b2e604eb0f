-- an operator approved the draft of a review, which another made: the constraint knows
insert into ledger.approval (log, tenant, period_idx, version, draft_hash, drafter, operator,
    signature)
values ($1, $2, $3, $4, $5, $6, $7, $8)
