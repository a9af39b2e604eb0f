-- Whether a file of these bytes was taken, or something was released into it.
select exists (select from ledger.assignment a where a.log = $1 and a.feed = $2)
    or exists (select from ledger.disposition d where d.log = $1 and d.file = $2)
