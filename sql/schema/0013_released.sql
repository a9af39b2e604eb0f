-- A record that was released is counted, or refused again, as a line of a file: its disposition says
-- which. It is written before the file is taken, so that a release that was cut off is seen.
alter table ledger.disposition add column file bytea;
alter table ledger.disposition add constraint disposition_file
    check (octet_length(file) = 32);
alter table ledger.disposition add constraint disposition_released
    check (action <> 'released' or file is not null);
create index disposition_released_into on ledger.disposition (log, file) where file is not null;

comment on column ledger.disposition.file is
    'SHA-256 of the file''s bytes that it was released into; else null';
