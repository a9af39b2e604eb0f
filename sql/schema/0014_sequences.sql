-- Which numbers came of sources that count their events (CloudEvents' extension `sequence`), so that what
-- never came is seen. Beside the book: a function of the records and the catalog, signed by nobody.
create table ledger.sequence (
    log integer not null,
    feed bytea not null,
    partition integer not null,
    incarnation integer not null,
    from_offset bigint not null,
    source text not null,
    numbered bigint not null,
    unnumbered bigint not null,
    runs bytea not null,
    constraint sequence_pkey primary key (log, feed, partition, incarnation, from_offset, source),
    constraint sequence_values check (octet_length(feed) = 32 and partition >= 0
        and incarnation >= 1 and from_offset >= 0 and numbered >= 0 and unnumbered >= 0
        and numbered + unnumbered > 0 and (numbered = 0) = (octet_length(runs) = 0))
);

create trigger sequence_append_only before update or delete on ledger.sequence
    for each statement execute function ledger.refuse_change();
alter table ledger.sequence enable always trigger sequence_append_only;
create trigger sequence_no_truncate before truncate on ledger.sequence
    for each statement execute function ledger.refuse_change();
alter table ledger.sequence enable always trigger sequence_no_truncate;

grant select, insert on ledger.sequence to daybook_ingest;
grant select on ledger.sequence to daybook_auditor;

comment on table ledger.sequence is
    'Which numbers of a source a receipt''s range brought, of accepted events. Append-only.';
comment on column ledger.sequence.log is 'number of the log';
comment on column ledger.sequence.feed is 'SHA-256(''topic'' ‖ 0 ‖ name), or of a file''s bytes';
comment on column ledger.sequence.partition is 'of the topic; 0 for a file';
comment on column ledger.sequence.incarnation is 'which life of the topic, from 1';
comment on column ledger.sequence.from_offset is 'of the receipt';
comment on column ledger.sequence.source is 'CloudEvents attribute';
comment on column ledger.sequence.numbered is 'accepted events with a whole number';
comment on column ledger.sequence.unnumbered is 'accepted events without one';
comment on column ledger.sequence.runs is
    'the numbers, ascending: varints of the distance to the run before, and of its length less one';
