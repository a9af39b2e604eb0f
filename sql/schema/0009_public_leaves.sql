-- The public part of the book for the web process: what the tree is made of, and nothing that says
-- whose it is or what. Row-level security hides other tenants' entries from it whole, so the leaves
-- come by this function alone: of a range that lies below a signed checkpoint, one bundle at a time.
create function ledger.public_leaves(of_log integer, from_idx bigint, to_idx bigint)
    returns table (idx bigint, checksum bytea, signature bytea, writer bytea)
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
    select entry.idx, entry.checksum, entry.signature, entry.writer
    from ledger.entry
    where entry.log = of_log and entry.idx >= from_idx and entry.idx < to_idx
        and to_idx - from_idx <= 256
        and exists (select from ledger.checkpoint
            where checkpoint.log = of_log and checkpoint.signed and checkpoint.size >= to_idx)
    order by entry.idx
$$;

revoke all on function ledger.public_leaves(integer, bigint, bigint) from public;
grant execute on function ledger.public_leaves(integer, bigint, bigint) to daybook_serve;

comment on function ledger.public_leaves(integer, bigint, bigint) is
    'Leaves of at most 256 sealed entries, for tlog-tiles'' entry bundles. Public, like the archive''s.';
