--
-- PostgreSQL database dump
--


-- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
-- Dumped by pg_dump version 15.20 (Debian 15.20-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: ledger; Type: SCHEMA; Schema: -; Owner: daybook_owner
--

CREATE SCHEMA ledger;


ALTER SCHEMA ledger OWNER TO daybook_owner;

--
-- Name: ensure_dedup_day(integer); Type: FUNCTION; Schema: ledger; Owner: daybook_owner
--

CREATE FUNCTION ledger.ensure_dedup_day(day integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    name constant text := format('dedup_block_d%s', day);
begin
    if day is null or day not between 0 and 2932896 then
        raise exception 'day % is not one of 1970 to 9999', day
            using errcode = 'invalid_parameter_value';
    end if;
    if to_regclass('ledger.' || name) is not null then
        return;
    end if;
    lock table ledger.dedup_block in share update exclusive mode;
    if to_regclass('ledger.' || name) is not null then
        return;
    end if;
    execute format('create table ledger.%I (like ledger.dedup_block including all)', name);
    execute format('alter table ledger.dedup_block attach partition ledger.%I '
        'for values from (%s) to (%s)', name, day * 24, (day + 1) * 24);
end;
$$;


ALTER FUNCTION ledger.ensure_dedup_day(day integer) OWNER TO daybook_owner;

--
-- Name: refuse_change(); Type: FUNCTION; Schema: ledger; Owner: daybook_owner
--

CREATE FUNCTION ledger.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op)
        using errcode = 'insufficient_privilege';
end;
$$;


ALTER FUNCTION ledger.refuse_change() OWNER TO daybook_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: assignment; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.assignment (
    log integer NOT NULL,
    feed bytea NOT NULL,
    partition integer NOT NULL,
    incarnation integer NOT NULL,
    start bigint NOT NULL,
    name text NOT NULL,
    cluster_id text NOT NULL,
    stream bigint NOT NULL,
    CONSTRAINT assignment_ranges CHECK (((octet_length(feed) = 32) AND (partition >= 0) AND (incarnation >= 1) AND (start >= 0) AND (stream >= 16)))
);


ALTER TABLE ledger.assignment OWNER TO daybook_owner;

--
-- Name: bundle; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.bundle (
    log integer NOT NULL,
    idx bigint NOT NULL,
    tenant bigint NOT NULL,
    size bigint NOT NULL,
    bundle text NOT NULL,
    CONSTRAINT bundle_values CHECK (((tenant > 0) AND (size > idx)))
);

ALTER TABLE ONLY ledger.bundle FORCE ROW LEVEL SECURITY;


ALTER TABLE ledger.bundle OWNER TO daybook_owner;

--
-- Name: checkpoint; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.checkpoint (
    log integer NOT NULL,
    size bigint NOT NULL,
    signed boolean NOT NULL,
    root bytea NOT NULL,
    note text,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT checkpoint_note CHECK ((signed = (note IS NOT NULL))),
    CONSTRAINT checkpoint_root CHECK (((octet_length(root) = 32) AND (size >= 0)))
);


ALTER TABLE ledger.checkpoint OWNER TO daybook_owner;

--
-- Name: content; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.content (
    log integer NOT NULL,
    idx bigint NOT NULL,
    kind smallint NOT NULL,
    tenant bigint NOT NULL,
    subject_id text NOT NULL,
    version integer NOT NULL,
    hash bytea NOT NULL,
    content text NOT NULL,
    CONSTRAINT content_names_text CHECK ((hash = sha256(convert_to(content, 'UTF8'::name)))),
    CONSTRAINT content_places CHECK (((tenant >= 0) AND (version >= 1) AND (kind = ANY (ARRAY[5, 7, 8, 9, 10, 11, 12, 13]))))
);

ALTER TABLE ONLY ledger.content FORCE ROW LEVEL SECURITY;


ALTER TABLE ledger.content OWNER TO daybook_owner;

--
-- Name: cosignature; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.cosignature (
    log integer NOT NULL,
    size bigint NOT NULL,
    signed boolean DEFAULT true NOT NULL,
    signer text NOT NULL,
    line text NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT cosignature_line CHECK (((line ~~ '— %'::text) AND ("right"(line, 1) = '
'::text) AND (POSITION(('
'::text) IN (line)) = length(line)))),
    CONSTRAINT cosignature_signed CHECK (signed)
);


ALTER TABLE ledger.cosignature OWNER TO daybook_owner;

--
-- Name: dedup_block; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.dedup_block (
    log integer NOT NULL,
    slot smallint NOT NULL,
    event_hour integer NOT NULL,
    step bigint NOT NULL,
    ids bytea NOT NULL,
    entries bytea NOT NULL,
    CONSTRAINT dedup_block_sizes CHECK ((((octet_length(ids) % 24) = 0) AND ((octet_length(entries) % 20) = 0)))
)
PARTITION BY RANGE (event_hour);


ALTER TABLE ledger.dedup_block OWNER TO daybook_owner;

--
-- Name: dedup_block_d20668; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.dedup_block_d20668 (
    log integer NOT NULL,
    slot smallint NOT NULL,
    event_hour integer NOT NULL,
    step bigint NOT NULL,
    ids bytea NOT NULL,
    entries bytea NOT NULL,
    CONSTRAINT dedup_block_sizes CHECK ((((octet_length(ids) % 24) = 0) AND ((octet_length(entries) % 20) = 0)))
);


ALTER TABLE ledger.dedup_block_d20668 OWNER TO daybook_owner;

--
-- Name: dedup_block_d20697; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.dedup_block_d20697 (
    log integer NOT NULL,
    slot smallint NOT NULL,
    event_hour integer NOT NULL,
    step bigint NOT NULL,
    ids bytea NOT NULL,
    entries bytea NOT NULL,
    CONSTRAINT dedup_block_sizes CHECK ((((octet_length(ids) % 24) = 0) AND ((octet_length(entries) % 20) = 0)))
);


ALTER TABLE ledger.dedup_block_d20697 OWNER TO daybook_owner;

--
-- Name: disposition; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.disposition (
    log integer NOT NULL,
    feed bytea NOT NULL,
    partition integer NOT NULL,
    incarnation integer NOT NULL,
    record_offset bigint NOT NULL,
    action text NOT NULL,
    reason text NOT NULL,
    operator bytea NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT disposition_action CHECK ((action = ANY (ARRAY['released'::text, 'written_off'::text, 'corrected'::text]))),
    CONSTRAINT disposition_operator CHECK ((octet_length(operator) = 32))
);


ALTER TABLE ledger.disposition OWNER TO daybook_owner;

--
-- Name: document; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.document (
    log integer NOT NULL,
    number_series text NOT NULL,
    number bigint NOT NULL,
    document_id text NOT NULL,
    idx bigint NOT NULL,
    tenant bigint NOT NULL,
    kind text NOT NULL,
    period_idx bigint NOT NULL,
    period_from timestamp with time zone NOT NULL,
    period_to timestamp with time zone NOT NULL,
    issue_date date NOT NULL,
    currency text NOT NULL,
    exponent smallint NOT NULL,
    total numeric(39,0) NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT document_kind CHECK ((kind = ANY (ARRAY['invoice'::text, 'credit_note'::text]))),
    CONSTRAINT document_number CHECK ((number >= 1)),
    CONSTRAINT document_period_range CHECK ((period_to > period_from)),
    CONSTRAINT document_values CHECK (((tenant > 0) AND (currency ~ '^[A-Z]{3}$'::text) AND ((exponent >= 0) AND (exponent <= 4)) AND (octet_length(hash) = 32)))
);

ALTER TABLE ONLY ledger.document FORCE ROW LEVEL SECURITY;


ALTER TABLE ledger.document OWNER TO daybook_owner;

--
-- Name: entry; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.entry (
    log integer NOT NULL,
    idx bigint NOT NULL,
    kind smallint NOT NULL,
    body_version smallint NOT NULL,
    tenant bigint NOT NULL,
    stream bigint NOT NULL,
    stream_seq bigint NOT NULL,
    batch bytea NOT NULL,
    series bytea,
    window_from timestamp with time zone,
    length_seconds integer,
    quantity numeric(39,0),
    contributions bigint,
    corrected_seq bigint,
    reason integer,
    debit bytea,
    credit bytea,
    amount numeric(39,0),
    currency text,
    exponent smallint,
    code integer,
    document bytea,
    subject bytea,
    version integer,
    content_hash bytea,
    operator bytea,
    checksum bytea NOT NULL,
    signature bytea NOT NULL,
    writer bytea NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT entry_batch_zero CHECK (((kind = ANY (ARRAY[1, 2, 3, 6])) OR (batch = '\x00000000000000000000000000000000'::bytea))),
    CONSTRAINT entry_control_columns CHECK (
CASE
    WHEN (kind = ANY (ARRAY[5, 7, 8, 9, 10, 11, 12, 13])) THEN (num_nulls(subject, version, content_hash, operator) = 0)
    ELSE (num_nonnulls(subject, version, content_hash, operator) = 0)
END),
    CONSTRAINT entry_control_values CHECK (((octet_length(subject) = 32) AND (version >= 1) AND (octet_length(content_hash) = 32) AND (octet_length(operator) = 32))),
    CONSTRAINT entry_corrected CHECK (((kind = 2) = (corrected_seq IS NOT NULL))),
    CONSTRAINT entry_kind_stream CHECK (
CASE
    WHEN (kind = ANY (ARRAY[1, 2, 3])) THEN ((tenant > 0) AND (stream = 0))
    WHEN (kind = ANY (ARRAY[4, 5, 10, 11])) THEN ((tenant > 0) AND (stream = 1))
    WHEN (kind = 6) THEN ((tenant = 0) AND ((stream >= 16) AND (stream <= '4294967295'::bigint)))
    WHEN (kind = ANY (ARRAY[7, 8, 9, 12, 13])) THEN ((tenant = 0) AND (stream = 2))
    ELSE false
END),
    CONSTRAINT entry_places CHECK (((idx >= 0) AND (stream_seq >= 0) AND (body_version >= 1))),
    CONSTRAINT entry_reason CHECK (((kind = ANY (ARRAY[2, 3])) = (reason IS NOT NULL))),
    CONSTRAINT entry_reason_values CHECK (((corrected_seq >= 0) AND (reason >= 0))),
    CONSTRAINT entry_sizes CHECK (((octet_length(batch) = 16) AND (octet_length(checksum) = 32) AND (octet_length(signature) = 64) AND (octet_length(writer) = 32))),
    CONSTRAINT entry_transfer_columns CHECK (
CASE
    WHEN (kind = 4) THEN (num_nulls(debit, credit, amount, currency, exponent, code, document) = 0)
    ELSE (num_nonnulls(debit, credit, amount, currency, exponent, code, document) = 0)
END),
    CONSTRAINT entry_transfer_values CHECK (((octet_length(debit) = 32) AND (octet_length(credit) = 32) AND (octet_length(document) = 32) AND (currency ~ '^[A-Z]{3}$'::text) AND ((exponent >= 0) AND (exponent <= 4)) AND (code >= 0) AND ((amount >= (1)::numeric) AND (amount <= '170141183460469231731687303715884105727'::numeric)))),
    CONSTRAINT entry_usage_columns CHECK (
CASE
    WHEN (kind = ANY (ARRAY[1, 2, 3])) THEN (num_nulls(series, window_from, length_seconds, quantity, contributions) = 0)
    ELSE (num_nonnulls(series, window_from, length_seconds, quantity, contributions) = 0)
END),
    CONSTRAINT entry_usage_values CHECK (((octet_length(series) = 32) AND (length_seconds > 0) AND (contributions >= 0) AND ((quantity >= (0)::numeric) OR (kind = 2)) AND ((quantity >= '-170141183460469231731687303715884105728'::numeric) AND (quantity <= '170141183460469231731687303715884105727'::numeric))))
);

ALTER TABLE ONLY ledger.entry FORCE ROW LEVEL SECURITY;


ALTER TABLE ledger.entry OWNER TO daybook_owner;

--
-- Name: head; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.head (
    log integer NOT NULL,
    size bigint NOT NULL,
    control_index bigint NOT NULL,
    key_index bigint NOT NULL,
    control_seq bigint NOT NULL,
    next_tenant bigint NOT NULL,
    next_chain bigint NOT NULL,
    CONSTRAINT head_counts CHECK (((size >= 0) AND ((control_index >= '-1'::integer) AND (control_index <= (size - 1))) AND ((key_index >= '-1'::integer) AND (key_index <= control_index)) AND (control_seq >= 0) AND ((next_tenant >= 1) AND (next_tenant <= '281474976710655'::bigint)) AND ((next_chain >= 16) AND (next_chain <= '4294967295'::bigint)))),
    CONSTRAINT head_log_range CHECK (((log >= 0) AND (log <= 32767)))
);


ALTER TABLE ledger.head OWNER TO daybook_owner;

--
-- Name: log; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.log (
    log integer NOT NULL,
    origin text NOT NULL,
    ledger_id bytea NOT NULL,
    CONSTRAINT log_ledger CHECK ((octet_length(ledger_id) = 16))
);


ALTER TABLE ledger.log OWNER TO daybook_owner;

--
-- Name: money_head; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.money_head (
    log integer NOT NULL,
    tenant bigint NOT NULL,
    next_seq bigint NOT NULL,
    CONSTRAINT money_head_counts CHECK (((tenant > 0) AND (next_seq >= 0)))
);

ALTER TABLE ONLY ledger.money_head FORCE ROW LEVEL SECURITY;


ALTER TABLE ledger.money_head OWNER TO daybook_owner;

--
-- Name: number_head; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.number_head (
    log integer NOT NULL,
    number_series text NOT NULL,
    next_number bigint NOT NULL,
    CONSTRAINT number_head_count CHECK ((next_number >= 1))
);


ALTER TABLE ledger.number_head OWNER TO daybook_owner;

--
-- Name: progress; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.progress (
    log integer NOT NULL,
    feed bytea NOT NULL,
    partition integer NOT NULL,
    incarnation integer NOT NULL,
    partition_count integer NOT NULL,
    name text NOT NULL,
    "position" bigint NOT NULL,
    high bigint NOT NULL,
    complete_through timestamp with time zone,
    state text NOT NULL,
    reason text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT progress_values CHECK (((octet_length(feed) = 32) AND ("position" >= 0) AND (high >= 0) AND ((partition >= 0) AND (partition <= (partition_count - 1)))))
);


ALTER TABLE ledger.progress OWNER TO daybook_owner;

--
-- Name: quarantine; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.quarantine (
    log integer NOT NULL,
    feed bytea NOT NULL,
    partition integer NOT NULL,
    incarnation integer NOT NULL,
    record_offset bigint NOT NULL,
    batch bytea NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    broker_time timestamp with time zone NOT NULL,
    time_type smallint NOT NULL,
    tenant_id text,
    source text,
    event_id text,
    size bigint NOT NULL,
    key bytea,
    headers bytea,
    value bytea,
    CONSTRAINT quarantine_values CHECK (((octet_length(feed) = 32) AND (octet_length(batch) = 16) AND (partition >= 0) AND (incarnation >= 1) AND (record_offset >= 0) AND (size >= 0)))
);


ALTER TABLE ledger.quarantine OWNER TO daybook_owner;

--
-- Name: receipt; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.receipt (
    log integer NOT NULL,
    feed bytea NOT NULL,
    partition integer NOT NULL,
    incarnation integer NOT NULL,
    from_offset bigint NOT NULL,
    to_offset bigint NOT NULL,
    prev_to bigint,
    start bigint NOT NULL,
    idx bigint NOT NULL,
    records bigint NOT NULL,
    holes bigint NOT NULL,
    last_offset bigint NOT NULL,
    last_hash bytea NOT NULL,
    raw_hash bytea NOT NULL,
    accepted bigint NOT NULL,
    duplicate bigint NOT NULL,
    quarantined bigint NOT NULL,
    elsewhere bigint NOT NULL,
    control_index bigint NOT NULL,
    as_of timestamp with time zone NOT NULL,
    anchor_expired boolean NOT NULL,
    CONSTRAINT receipt_conserves CHECK ((records = (((accepted + duplicate) + quarantined) + elsewhere))),
    CONSTRAINT receipt_counts CHECK (((records >= 0) AND (holes >= 0) AND (accepted >= 0) AND (duplicate >= 0) AND (quarantined >= 0) AND (elsewhere >= 0) AND (control_index >= 0))),
    CONSTRAINT receipt_first CHECK (((prev_to IS NULL) = (from_offset = start))),
    CONSTRAINT receipt_last CHECK (((last_offset >= '-1'::integer) AND (last_offset < to_offset))),
    CONSTRAINT receipt_range CHECK (((to_offset > from_offset) AND (from_offset >= start))),
    CONSTRAINT receipt_sizes CHECK (((octet_length(last_hash) = 32) AND (octet_length(raw_hash) = 32))),
    CONSTRAINT receipt_tiles CHECK (((prev_to IS NULL) OR (prev_to = from_offset)))
);


ALTER TABLE ledger.receipt OWNER TO daybook_owner;

--
-- Name: review; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.review (
    log integer NOT NULL,
    tenant bigint NOT NULL,
    period_idx bigint NOT NULL,
    version integer NOT NULL,
    issue_date date NOT NULL,
    draft_hash bytea NOT NULL,
    operator bytea NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT review_values CHECK (((tenant > 0) AND (version >= 1) AND (octet_length(draft_hash) = 32) AND (octet_length(operator) = 32)))
);

ALTER TABLE ONLY ledger.review FORCE ROW LEVEL SECURITY;


ALTER TABLE ledger.review OWNER TO daybook_owner;

--
-- Name: schema_version; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.schema_version (
    version integer NOT NULL,
    name text NOT NULL,
    hash bytea NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE ledger.schema_version OWNER TO daybook_owner;

--
-- Name: series; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.series (
    log integer NOT NULL,
    tenant bigint NOT NULL,
    series bytea NOT NULL,
    slot smallint NOT NULL,
    step bigint NOT NULL,
    descriptor bytea NOT NULL,
    CONSTRAINT series_names_descriptor CHECK ((series = sha256(descriptor))),
    CONSTRAINT series_places CHECK (((tenant > 0) AND ((slot >= 0) AND (slot <= 63)) AND (step >= 1)))
);

ALTER TABLE ONLY ledger.series FORCE ROW LEVEL SECURITY;


ALTER TABLE ledger.series OWNER TO daybook_owner;

--
-- Name: slot; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.slot (
    log integer NOT NULL,
    slot smallint NOT NULL,
    step bigint NOT NULL,
    CONSTRAINT slot_range CHECK (((slot >= 0) AND (slot <= 63))),
    CONSTRAINT slot_step_count CHECK ((step >= 0))
);


ALTER TABLE ledger.slot OWNER TO daybook_owner;

--
-- Name: slot_step; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.slot_step (
    log integer NOT NULL,
    slot smallint NOT NULL,
    step bigint NOT NULL,
    prev_step bigint,
    batch bytea NOT NULL,
    control_index bigint NOT NULL,
    hours integer[] NOT NULL,
    tenants bigint[] NOT NULL,
    last_seqs bigint[] NOT NULL,
    floor_hour integer,
    CONSTRAINT slot_step_batch_size CHECK ((octet_length(batch) = 16)),
    CONSTRAINT slot_step_first CHECK (((prev_step IS NULL) = (step = 1))),
    CONSTRAINT slot_step_pairs CHECK ((cardinality(tenants) = cardinality(last_seqs))),
    CONSTRAINT slot_step_previous CHECK (((prev_step IS NULL) OR (prev_step = (step - 1)))),
    CONSTRAINT slot_step_range CHECK ((((slot >= 0) AND (slot <= 63)) AND (control_index >= 0))),
    CONSTRAINT slot_step_start CHECK ((step >= 1))
);


ALTER TABLE ledger.slot_step OWNER TO daybook_owner;

--
-- Name: tenant; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.tenant (
    log integer NOT NULL,
    tenant bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    slot smallint NOT NULL,
    grid_seconds integer NOT NULL,
    name text NOT NULL,
    zone text NOT NULL,
    CONSTRAINT tenant_grid CHECK ((grid_seconds = ANY (ARRAY[900, 1800, 3600]))),
    CONSTRAINT tenant_number CHECK (((tenant > 0) AND ((tenant >> 48) = log))),
    CONSTRAINT tenant_slot CHECK (((slot >= 0) AND (slot <= 63)))
);

ALTER TABLE ONLY ledger.tenant FORCE ROW LEVEL SECURITY;


ALTER TABLE ledger.tenant OWNER TO daybook_owner;

--
-- Name: tile; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.tile (
    log integer NOT NULL,
    level smallint NOT NULL,
    number bigint NOT NULL,
    width smallint NOT NULL,
    hashes bytea NOT NULL,
    CONSTRAINT tile_place CHECK ((((level >= 0) AND (level <= 7)) AND (number >= 0))),
    CONSTRAINT tile_width CHECK ((((width >= 1) AND (width <= 256)) AND (octet_length(hashes) = (32 * width))))
);


ALTER TABLE ledger.tile OWNER TO daybook_owner;

--
-- Name: token; Type: TABLE; Schema: ledger; Owner: daybook_owner
--

CREATE TABLE ledger.token (
    log integer NOT NULL,
    token_id text NOT NULL,
    hash bytea NOT NULL,
    tenants bigint[] NOT NULL,
    scopes text[] NOT NULL,
    name text NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT token_hash CHECK ((octet_length(hash) = 32))
);


ALTER TABLE ledger.token OWNER TO daybook_owner;

--
-- Name: dedup_block_d20668; Type: TABLE ATTACH; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.dedup_block ATTACH PARTITION ledger.dedup_block_d20668 FOR VALUES FROM (496032) TO (496056);


--
-- Name: dedup_block_d20697; Type: TABLE ATTACH; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.dedup_block ATTACH PARTITION ledger.dedup_block_d20697 FOR VALUES FROM (496728) TO (496752);


--
-- Data for Name: assignment; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.assignment VALUES (0, '\x49a174c228621c73df135741fcd7ed49c0d86477a371e8340afc35200b6af9eb', 0, 1, 0, '49a174c228621c73df135741fcd7ed49c0d86477a371e8340afc35200b6af9eb', 'file', 16);
INSERT INTO ledger.assignment VALUES (0, '\x9a4b367b17c0269b86992e8fdb786e792bf5544c3a209a68903fafb52101de38', 0, 1, 0, '9a4b367b17c0269b86992e8fdb786e792bf5544c3a209a68903fafb52101de38', 'file', 17);


--
-- Data for Name: bundle; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.bundle VALUES (0, 15, 1, 26, '{"checkpoint":"daybook.test/ledger_v1\n26\nOa7HYyclWOub8IVJHENlQh4ubyUvt3X03/aDDV/1c34=\n\n— daybook.test/ledger_v1 cl1AGoXmCRWNKLYVoaSbg86RqRX0uDYVLVejytEthioE5vfwOV8L1T3MzSiJbDw+mJMPoJUaSmBwldLB9wfvkAFKewo=\n","contents":[{"content":"{\"action\":\"open\",\"log_key\":\"daybook.test/ledger_v1+725d401a+AQfIoOBRJrX0PWzE3GIicVMZpUi34LGrUzzTvaERwX0O\",\"origin\":\"daybook.test/ledger_v1\",\"previous\":null,\"root_key\":\"daybook.test/ledger_v1/root+8ce60d79+AeRp+d+7OvWadq5Iw1E8MFRvkhwvIMOfa/PXRwZUdEai\",\"secrets\":{\"dedup\":\"7d10d8ec564ad57528112fb7e424789cd1dbef434617fa79eed485641973ac8b\",\"salt\":\"394c32f2d88dbbabcb5f0ea4b20529580fb61dfc7ef94e60e3b67e97e64c5fe6\"}}","index":0},{"content":"{\"action\":\"grant\",\"key\":\"daybook.test/ledger_v1/ingest+71711cd5+AfyIBhcAcTi/MSevlwvv6tIaNMa9rMQTOcPgtoIulxu3\",\"roles\":[\"ingest\"]}","index":1},{"content":"{\"action\":\"grant\",\"key\":\"daybook.test/ledger_v1/control+b74041ea+AZ8Z9OnyqutKZTbuLWjSlfgXpA6WAQzTD42O9TaOkdW4\",\"roles\":[\"control\"]}","index":2},{"content":"{\"action\":\"grant\",\"key\":\"daybook.test/ledger_v1/invoices+f7fd044c+Afp/cPKhcn8+4HQD3secU3Hv+FP+gmCHYXSorlKAuqKM\",\"roles\":[\"invoices\"]}","index":3},{"content":"{\"action\":\"grant\",\"key\":\"daybook.test/ledger_v1/operator+794b74ce+AcdylXJQHrJyLk/84H7ByuBK6quv1bcC47/ZVNTdiojX\",\"roles\":[\"draft\",\"approve\",\"issue\",\"operate\"]}","index":4},{"content":"{\"grid_seconds\":3600,\"id\":\"acme\",\"name\":\"acme\",\"number\":\"1\",\"slot\":4,\"zone\":\"UTC\"}","index":5},{"content":"{\"charges\":[{\"charge\":\"gpu\",\"meter\":\"gpu_time\",\"model\":\"per_unit\",\"price\":\"1.00\",\"price_unit\":{\"divisor\":\"3600000000\",\"name\":\"GPU-hour\"}}],\"currency\":\"EUR\",\"plan\":\"p\"}","index":8},{"content":"{\"billing\":{\"day\":1,\"hour\":0,\"minute\":0},\"contract\":\"c-acme\",\"currency\":\"EUR\",\"customer\":{\"address\":[\"Street 2\"],\"country\":\"DE\",\"name\":\"Customer\"},\"from\":\"2026-08-01T00:00:00Z\",\"grace_hours\":0,\"legal_entity\":{\"address\":[\"Street 1\"],\"country\":\"DE\",\"id\":\"seller\",\"name\":\"Seller GmbH\",\"number_series\":\"DE-2026\"},\"plans\":[{\"from\":\"2026-08-01T00:00:00Z\",\"plan\":\"p\",\"to\":null,\"version\":1}],\"tax\":{\"profile\":[{\"category\":\"standard\",\"rate\":\"19\"}]},\"tenant\":\"acme\",\"to\":null,\"zone\":\"UTC\"}","index":9},{"content":"{\"contract\":{\"id\":\"c-acme\",\"version\":1},\"cut\":[{\"origin\":\"daybook.test/ledger_v1\",\"root\":\"928098bc1fe6bb0a3cbd851e2d1ed48d64e0847ec04fb139aeccbc3f83dab8be\",\"size\":14}],\"from\":\"2026-08-01T00:00:00Z\",\"label\":\"2026-08\",\"previous\":null,\"tenant\":\"acme\",\"to\":\"2026-09-01T00:00:00Z\"}","index":14},{"content":"{\"adjustments\":[],\"carried\":{\"count\":0,\"hash\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"},\"contract\":{\"hash\":\"1c954d1836d9db016175cacf6d60b32605526b6c677d1701ac8f7cba4601d3aa\",\"id\":\"c-acme\",\"index\":9,\"version\":1},\"currency\":\"EUR\",\"customer\":{\"address\":[\"Street 2\"],\"country\":\"DE\",\"name\":\"Customer\"},\"cut\":[{\"origin\":\"daybook.test/ledger_v1\",\"root\":\"928098bc1fe6bb0a3cbd851e2d1ed48d64e0847ec04fb139aeccbc3f83dab8be\",\"size\":14}],\"document\":\"invoice\",\"due_date\":\"2026-12-11\",\"entries\":{\"money\":{\"from_seq\":0,\"next\":2,\"to_seq\":2},\"usage\":{\"from_seq\":0,\"next\":3,\"to_seq\":3}},\"exponent\":2,\"forward\":{\"count\":0,\"hash\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"},\"issue_date\":\"2026-11-11\",\"ledger_id\":\"7bac0afdf83cef10469260065e77b5af\",\"lines\":[{\"amount\":\"3.00\",\"base_quantity\":\"10800000000\",\"charge\":\"gpu\",\"description\":\"gpu\",\"kind\":\"charge\",\"line_by\":{},\"parts\":[{\"amount\":\"3.0000000000\",\"kind\":\"tier\",\"quantity\":\"3\",\"why\":{\"exact\":\"3\",\"from\":\"2026-08-01T00:00:00Z\",\"plan\":\"p\",\"price\":\"1\",\"to\":\"2026-09-01T00:00:00Z\",\"unit\":\"GPU-hour\",\"version\":1}}],\"plan\":\"p\",\"quantity\":\"3\",\"rate\":\"19\",\"tax_category\":\"standard\",\"unit\":\"GPU-hour\"}],\"log\":0,\"net\":\"3.00\",\"number\":\"DE-2026-000001\",\"origin\":\"daybook.test/ledger_v1\",\"period\":{\"from\":\"2026-08-01T00:00:00Z\",\"index\":14,\"label\":\"2026-08\",\"to\":\"2026-09-01T00:00:00Z\",\"tz_version\":\"2026f\",\"zone\":\"UTC\"},\"plans\":[{\"hash\":\"35f62c3188c872edfa0d49d91b2f570353503d924d75d78091a6235da74b8377\",\"index\":8,\"plan\":\"p\",\"version\":1}],\"reservations\":[],\"seller\":{\"address\":[\"Street 1\"],\"country\":\"DE\",\"id\":\"seller\",\"name\":\"Seller GmbH\",\"number_series\":\"DE-2026\"},\"series\":[{\"descriptor\":\"0100086770755f74696d650006754750552e7300000006010007000a616c6c6f636174696f6e0003612d3100096770755f6d696c6c6900043130303000066d61726b657400096f6e5f64656d616e64000770726f6a6563740005747261696e0006726567696f6e000265750003736b7500046831303000047a6f6e65000465752d61\",\"series\":\"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c\"}],\"tax\":\"0.57\",\"tax_hash\":\"759e7d9e53570e96bd3de238fe9670fc833f86ec2b43983141c8478eb8b92e72\",\"taxes\":[{\"category\":\"standard\",\"net\":\"3.00\",\"rate\":\"19\",\"tax\":\"0.57\"}],\"tenant\":{\"id\":\"acme\",\"number\":\"1\"},\"total\":\"3.57\",\"unrated\":[],\"usage\":[{\"entries\":3,\"period\":\"2026-08\",\"quantity\":\"10800000000\",\"series\":\"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c\"}]}","index":15}],"cut_proof":["/2lQfolYJlG46MEReC65nW/5j9npNPhjRskqhjZ1tEc=","BpYWLM8D+EABPF7VUiVnGmrNSt+krnhn8T1DAv49TSI=","CGpulc6cpdz2fMt/39P/8zbZVMKP4rqtyfqDC5N+I3s=","whfATW47nXZA5pJnhCJZPweqgCjSAfsIJW0vRrzuw3Y=","K09kGSeV+F+hvf+ORCcvuKACebes9vGopNlAWvE7lac="],"daybook_bundle":1,"document":"{\"adjustments\":[],\"carried\":{\"count\":0,\"hash\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"},\"contract\":{\"hash\":\"1c954d1836d9db016175cacf6d60b32605526b6c677d1701ac8f7cba4601d3aa\",\"id\":\"c-acme\",\"index\":9,\"version\":1},\"currency\":\"EUR\",\"customer\":{\"address\":[\"Street 2\"],\"country\":\"DE\",\"name\":\"Customer\"},\"cut\":[{\"origin\":\"daybook.test/ledger_v1\",\"root\":\"928098bc1fe6bb0a3cbd851e2d1ed48d64e0847ec04fb139aeccbc3f83dab8be\",\"size\":14}],\"document\":\"invoice\",\"due_date\":\"2026-12-11\",\"entries\":{\"money\":{\"from_seq\":0,\"next\":2,\"to_seq\":2},\"usage\":{\"from_seq\":0,\"next\":3,\"to_seq\":3}},\"exponent\":2,\"forward\":{\"count\":0,\"hash\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"},\"issue_date\":\"2026-11-11\",\"ledger_id\":\"7bac0afdf83cef10469260065e77b5af\",\"lines\":[{\"amount\":\"3.00\",\"base_quantity\":\"10800000000\",\"charge\":\"gpu\",\"description\":\"gpu\",\"kind\":\"charge\",\"line_by\":{},\"parts\":[{\"amount\":\"3.0000000000\",\"kind\":\"tier\",\"quantity\":\"3\",\"why\":{\"exact\":\"3\",\"from\":\"2026-08-01T00:00:00Z\",\"plan\":\"p\",\"price\":\"1\",\"to\":\"2026-09-01T00:00:00Z\",\"unit\":\"GPU-hour\",\"version\":1}}],\"plan\":\"p\",\"quantity\":\"3\",\"rate\":\"19\",\"tax_category\":\"standard\",\"unit\":\"GPU-hour\"}],\"log\":0,\"net\":\"3.00\",\"number\":\"DE-2026-000001\",\"origin\":\"daybook.test/ledger_v1\",\"period\":{\"from\":\"2026-08-01T00:00:00Z\",\"index\":14,\"label\":\"2026-08\",\"to\":\"2026-09-01T00:00:00Z\",\"tz_version\":\"2026f\",\"zone\":\"UTC\"},\"plans\":[{\"hash\":\"35f62c3188c872edfa0d49d91b2f570353503d924d75d78091a6235da74b8377\",\"index\":8,\"plan\":\"p\",\"version\":1}],\"reservations\":[],\"seller\":{\"address\":[\"Street 1\"],\"country\":\"DE\",\"id\":\"seller\",\"name\":\"Seller GmbH\",\"number_series\":\"DE-2026\"},\"series\":[{\"descriptor\":\"0100086770755f74696d650006754750552e7300000006010007000a616c6c6f636174696f6e0003612d3100096770755f6d696c6c6900043130303000066d61726b657400096f6e5f64656d616e64000770726f6a6563740005747261696e0006726567696f6e000265750003736b7500046831303000047a6f6e65000465752d61\",\"series\":\"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c\"}],\"tax\":\"0.57\",\"tax_hash\":\"759e7d9e53570e96bd3de238fe9670fc833f86ec2b43983141c8478eb8b92e72\",\"taxes\":[{\"category\":\"standard\",\"net\":\"3.00\",\"rate\":\"19\",\"tax\":\"0.57\"}],\"tenant\":{\"id\":\"acme\",\"number\":\"1\"},\"total\":\"3.57\",\"unrated\":[],\"usage\":[{\"entries\":3,\"period\":\"2026-08\",\"quantity\":\"10800000000\",\"series\":\"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c\"}]}","document_index":15,"entries":[{"body":"44424b010d0000007bac0afdf83cef10469260065e77b5af000000000000000000000002000000000000000000000000000000000000000000000000000000005605009a72bee7e3f08be88110b6b73854525b64b7ced6171733e668df7df95a00000001000000006e96132b8baef38a9d6e1fcc0e5c8330f777a83c7d0e6caa57855ec510785b1b57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4","index":0,"salt":"0000000000000000000000000000000000000000000000000000000000000000","signature":"7ef1968c8f9c65260fa6a5a82ff760aab22a6a769e12f2c5156dfadf4323adc50fddf60432a11efb6498cd23af7b80c5095bdc80db1c1a902d93bc9aa0ceee00","writer":"57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4"},{"body":"44424b010c0000007bac0afdf83cef10469260065e77b5af000000000000000000000002000000000000000000000001000000000000000000000000000000007e1388bfb004169435dbaf2d35647269213de84771492fcc56c6cdf123b601400000000100000000461b29c19a2defc91ae2d1816effa7ee48ede06482ddee4d51b38c4994a4b77c57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4","index":1,"salt":"0000000000000000000000000000000000000000000000000000000000000000","signature":"d8fc85fa4947fbb387be2e92bad935b9fff1ab77ba3883c7a7820709a78fa3062b724ca0545151d64ceef69bc84b77294a62d93ea47e897a3671a9f8ec351e0e","writer":"57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4"},{"body":"44424b010c0000007bac0afdf83cef10469260065e77b5af00000000000000000000000200000000000000000000000200000000000000000000000000000000b226a055b40ae3da647522e927935d207e30df802b8d877702d743f4fd9b34e20000000100000000feadb3d2b6d395997cd288dddf6c40c50af12138cb8739eb4b61723b3c46e5fd57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4","index":2,"salt":"0000000000000000000000000000000000000000000000000000000000000000","signature":"5139d3d8e81380ed124a40bc23a9226ca938fbe25f0c0ae6a42979b1c3981b44ad4505808896d113ec1046865d43dee369cbabdd7064a24cb8d8b3a97cf9ef0d","writer":"57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4"},{"body":"44424b010c0000007bac0afdf83cef10469260065e77b5af0000000000000000000000020000000000000000000000030000000000000000000000000000000077f855c69922f57c0db0d4d74947fb672a7b70e9b2184881a9ecc57e4359a82f000000010000000083eb8361fa6bd731b60c75ae8cfedf2e9f6906baf01a60adc4d3cb297436d9f757997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4","index":3,"salt":"0000000000000000000000000000000000000000000000000000000000000000","signature":"312fc2e5ebff2950d83759befac0b44d567ffc6766be7a24a028488e0d5c26dc6dbcd83935f4fb6c1299942e03a0b853eff791e13079c31684fa013b08db1908","writer":"57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4"},{"body":"44424b010c0000007bac0afdf83cef10469260065e77b5af00000000000000000000000200000000000000000000000400000000000000000000000000000000db0a7243424860ebf0f6acc5b772cb009ad6b99da4f3c93f7d0f992a23c328b70000000100000000bec786cf6831b6ff554c4e2fa05e22c0916a45f86687766786643c1accaca7ea57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4","index":4,"salt":"0000000000000000000000000000000000000000000000000000000000000000","signature":"124cc2215e57d43c67be9105511edece61927a542d0a2275da00dddce6740ce4f730fbff4098c6ef5f6ee2380f43e835dae164059dc886df21e8fbb57ad00f06","writer":"57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4"},{"body":"44424b01080000007bac0afdf83cef10469260065e77b5af00000000000000000000000200000000000000000000000500000000000000000000000000000000d2e79529ba2c46b2b8496511585b5ed5f3eeba66465b92ce45a2c72344c13bab000000010000000065b4ebafa5ae23ff191d48784420b7c7168414216d978fa7ce4b32d0d1e3a36c8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f","index":5,"salt":"d08587534987158ff2298a89faed5f46b4e02f74f0a3dd80d73ee6e03251398b","signature":"5600abbf04c83af297cd2efd23e26c289cec707d96e34f05a986a0b7857c9d79867588aba3a97edd7fd8420ed08c4dcb5f1094d0cfbca0176a6faed0b654430d","writer":"6f47bb1e47b13fa8c2c12720c9642741dc6ca0812aa7820580dc9acdb8bc1b39"},{"body":"44424b01090000007bac0afdf83cef10469260065e77b5af00000000000000000000000200000000000000000000000800000000000000000000000000000000874307f6e50a37654a87b923a1d36a47d6053e715f73df48b1349798ee5c47c0000000010000000035f62c3188c872edfa0d49d91b2f570353503d924d75d78091a6235da74b83778828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f","index":8,"salt":"cbb2f0f3b021fa7d6e12470decdff001b330a99f61b4e1131c0db80a56ad45d0","signature":"c4d8433f80ef9ace0760b55e7f3d314d2263d9bf117806e988d01922d31aff5bbc23db7d407cb2d1b975777868f870b4472f9e0ed5ba09d7b1f6aa8d3a1c4f03","writer":"6f47bb1e47b13fa8c2c12720c9642741dc6ca0812aa7820580dc9acdb8bc1b39"},{"body":"44424b010a0000007bac0afdf83cef10469260065e77b5af00000000000000010000000100000000000000000000000000000000000000000000000000000000097459ec09501fdd2c35be62c370f38ea575b0fadf8fd82ab1ddcd426b2c95a900000001000000001c954d1836d9db016175cacf6d60b32605526b6c677d1701ac8f7cba4601d3aa8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f","index":9,"salt":"c3345a3e2bc0cf0347bd6da315776164cff09f024cb7d5e454c6fd9b5b52eefc","signature":"c6adf56b61dd558707d7a57f24834e658ab7263a4f4b03489efc94ebce95e1b59011e37d098eb868078cb19bbb709e5e6e2cde838fcff2b88873491d87ad2604","writer":"6f47bb1e47b13fa8c2c12720c9642741dc6ca0812aa7820580dc9acdb8bc1b39"},{"body":"44424b01010000007bac0afdf83cef10469260065e77b5af0000000000000001000000000000000000000000000000002688977bad2e79fba2b7b0fb52be68c0629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c0006582199eee80000000e1000000000000000000000000000000000d693a4000000000000000001","index":10,"salt":"271b968a71bb1aaf16b86584a96d2558d25d908b0fb91920afa08fd17d732360","signature":"d749f639d77f9c31bad5e1b43982dc7ebd49798bc618264e5ec8e73e47f687519201306465ae8ed4f640854a4bb085850c8dd3a3ae9f9fadb40eb992d10f810a","writer":"361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d"},{"body":"44424b01010000007bac0afdf83cef10469260065e77b5af0000000000000001000000000000000000000000000000012688977bad2e79fba2b7b0fb52be68c0629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c0006582270828c0000000e1000000000000000000000000000000000d693a4000000000000000001","index":11,"salt":"6d5c1cdfc382096a8d43f1e97872f5d0bb6c500ef2704f161971c96b3d7bc1e2","signature":"7c3c043e49262ced11e6ee91b1c07592c3ed4da2193edaf63006eaf6fe1e843c5ed9c0c1743fd8d6aeb4577313c7cbcaef6f2057a7973cf14c388cb2c72c3b0e","writer":"361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d"},{"body":"44424b01010000007bac0afdf83cef10469260065e77b5af0000000000000001000000000000000000000000000000022688977bad2e79fba2b7b0fb52be68c0629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c000658234716300000000e1000000000000000000000000000000000d693a4000000000000000001","index":12,"salt":"f0757ae8f39744046e1b260b16e2ad410cf9b7ef502651c1a1e49bb0e7dbd452","signature":"c78bb302c47d428a2ed10c44b107f633e9e2648f67731b3244da129c790afc55c885f83c4e2aa52ec0cf4848633b7242d4d682fb4f73554584f867be9fb5d309","writer":"361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d"},{"body":"44424b010b0000007bac0afdf83cef10469260065e77b5af0000000000000001000000010000000000000000000000010000000000000000000000000000000027df51d97ebdb0791ba362479397afb46103c1c55c110b7c0bc66c79065b95c900000001000000006d0e90bf42ffe9ed7b945879c07305151ce205a44594a89edf3901ec540071458828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f","index":14,"salt":"cd85424fc74436692a771014b412c5957c9c305c770ed237752510d3d673b49a","signature":"76b3f34da8508ee8e3a5aec279e1246d8608b337349cae261fe1eec95735abaae9348fdcaa115d45b2fc670c8610da56ec8136764d7191ba018a8353aea42e04","writer":"485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7"},{"body":"44424b01050000007bac0afdf83cef10469260065e77b5af0000000000000001000000010000000000000000000000020000000000000000000000000000000015b8ac0d2706b9b007fd76d3c3e8396dafbdf6581413cf932b1e379805fdb9230000000100000000e6bb998cf78cad3deb6976318ca32af9821757bc3fd004960df0acf1bbec10888828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f","index":15,"salt":"19937a114b6db9a47e6518ded12afbec43bee6fd7fef7852314b4d579c9d28ff","signature":"4ad85b7b27d067825c2a98eef48e67cce5b3df0acfbef9e0e32d9eb7fd855f579212057dbaffcc0c07e48c46881c1c9ddc940378b40710677a7c5af54dee1502","writer":"485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7"},{"body":"44424b01040000007bac0afdf83cef10469260065e77b5af000000000000000100000001000000000000000000000003000000000000000000000000000000004bec075494af1bf9d0ade7e18e3d4211984f88aa4c13e8cfa09e73c4034471aaca7ebbfc759669d4039fa04deffec297cfc3feaaf43528eb7c457b2e40f587bc000000000000000000000000000001654555520200000001e6bb998cf78cad3deb6976318ca32af9821757bc3fd004960df0acf1bbec1088","index":16,"salt":"26d5697396df21ec7784f763cdd76c9b2ad5bf6f9accc41f153ed0585ebd4b2c","signature":"725c647ee8873dd4c5929db88c523f5d075e3bf5c9b081195b4ffea310241f118df95317cd9952e4047a509b04c56b3fbd6a47fe4ec8a9a1ace4c3eba25be70a","writer":"485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7"}],"log_vkey":"daybook.test/ledger_v1+725d401a+AQfIoOBRJrX0PWzE3GIicVMZpUi34LGrUzzTvaERwX0O","origin":"daybook.test/ledger_v1","proof":["b/KDRWHJoJPfDjZo2ulRaek+BCWiqKRvI4HoA1jJVJc=","fpH9yomwhldUShW4EzbM5nk3TXoQN/RQhO6Or6IlvIU=","+aPdx6NRXTP0czXuKeiOo06JxIBtNuvt+l6T3G9JTeU=","cTI58WrDOqM9Fq8z6H6TPTajZJ6ejJKgHVouyKWG56s=","3FMZW01n1ONHCovnYHWrl5iuxXGU8LDwULV9pbI4m40=","y9flQHyOY3udXVWKYhieTtC/1GBKESGVNbw0lJoNKm0="],"root_vkey":"daybook.test/ledger_v1/root+8ce60d79+AeRp+d+7OvWadq5Iw1E8MFRvkhwvIMOfa/PXRwZUdEai","series":[{"descriptor":"0100086770755f74696d650006754750552e7300000006010007000a616c6c6f636174696f6e0003612d3100096770755f6d696c6c6900043130303000066d61726b657400096f6e5f64656d616e64000770726f6a6563740005747261696e0006726567696f6e000265750003736b7500046831303000047a6f6e65000465752d61"}],"size":26}');
INSERT INTO ledger.bundle VALUES (0, 27, 1, 29, '{"checkpoint":"daybook.test/ledger_v1\n29\nXWBwMAc9MuI9o1hPClHlYd2KgZbXF8dRCboQakxDoeQ=\n\n— daybook.test/ledger_v1 cl1AGo9kzMaR0RcqOWXD0S9xQViipuBIFD1eTF4vxT23r7AZGKvfe/NMUaYR7k4aAKMZfc1yu+HkZC5fcdZCdMSyWA0=\n","contents":[{"content":"{\"action\":\"open\",\"log_key\":\"daybook.test/ledger_v1+725d401a+AQfIoOBRJrX0PWzE3GIicVMZpUi34LGrUzzTvaERwX0O\",\"origin\":\"daybook.test/ledger_v1\",\"previous\":null,\"root_key\":\"daybook.test/ledger_v1/root+8ce60d79+AeRp+d+7OvWadq5Iw1E8MFRvkhwvIMOfa/PXRwZUdEai\",\"secrets\":{\"dedup\":\"7d10d8ec564ad57528112fb7e424789cd1dbef434617fa79eed485641973ac8b\",\"salt\":\"394c32f2d88dbbabcb5f0ea4b20529580fb61dfc7ef94e60e3b67e97e64c5fe6\"}}","index":0},{"content":"{\"action\":\"grant\",\"key\":\"daybook.test/ledger_v1/ingest+71711cd5+AfyIBhcAcTi/MSevlwvv6tIaNMa9rMQTOcPgtoIulxu3\",\"roles\":[\"ingest\"]}","index":1},{"content":"{\"action\":\"grant\",\"key\":\"daybook.test/ledger_v1/control+b74041ea+AZ8Z9OnyqutKZTbuLWjSlfgXpA6WAQzTD42O9TaOkdW4\",\"roles\":[\"control\"]}","index":2},{"content":"{\"action\":\"grant\",\"key\":\"daybook.test/ledger_v1/invoices+f7fd044c+Afp/cPKhcn8+4HQD3secU3Hv+FP+gmCHYXSorlKAuqKM\",\"roles\":[\"invoices\"]}","index":3},{"content":"{\"action\":\"grant\",\"key\":\"daybook.test/ledger_v1/operator+794b74ce+AcdylXJQHrJyLk/84H7ByuBK6quv1bcC47/ZVNTdiojX\",\"roles\":[\"draft\",\"approve\",\"issue\",\"operate\"]}","index":4},{"content":"{\"grid_seconds\":3600,\"id\":\"acme\",\"name\":\"acme\",\"number\":\"1\",\"slot\":4,\"zone\":\"UTC\"}","index":5},{"content":"{\"charges\":[{\"charge\":\"gpu\",\"meter\":\"gpu_time\",\"model\":\"per_unit\",\"price\":\"1.00\",\"price_unit\":{\"divisor\":\"3600000000\",\"name\":\"GPU-hour\"}}],\"currency\":\"EUR\",\"plan\":\"p\"}","index":8},{"content":"{\"billing\":{\"day\":1,\"hour\":0,\"minute\":0},\"contract\":\"c-acme\",\"currency\":\"EUR\",\"customer\":{\"address\":[\"Street 2\"],\"country\":\"DE\",\"name\":\"Customer\"},\"from\":\"2026-08-01T00:00:00Z\",\"grace_hours\":0,\"legal_entity\":{\"address\":[\"Street 1\"],\"country\":\"DE\",\"id\":\"seller\",\"name\":\"Seller GmbH\",\"number_series\":\"DE-2026\"},\"plans\":[{\"from\":\"2026-08-01T00:00:00Z\",\"plan\":\"p\",\"to\":null,\"version\":1}],\"tax\":{\"profile\":[{\"category\":\"standard\",\"rate\":\"19\"}]},\"tenant\":\"acme\",\"to\":null,\"zone\":\"UTC\"}","index":9},{"content":"{\"contract\":{\"id\":\"c-acme\",\"version\":1},\"cut\":[{\"origin\":\"daybook.test/ledger_v1\",\"root\":\"928098bc1fe6bb0a3cbd851e2d1ed48d64e0847ec04fb139aeccbc3f83dab8be\",\"size\":14}],\"from\":\"2026-08-01T00:00:00Z\",\"label\":\"2026-08\",\"previous\":null,\"tenant\":\"acme\",\"to\":\"2026-09-01T00:00:00Z\"}","index":14},{"content":"{\"adjustments\":[],\"carried\":{\"count\":0,\"hash\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"},\"contract\":{\"hash\":\"1c954d1836d9db016175cacf6d60b32605526b6c677d1701ac8f7cba4601d3aa\",\"id\":\"c-acme\",\"index\":9,\"version\":1},\"currency\":\"EUR\",\"customer\":{\"address\":[\"Street 2\"],\"country\":\"DE\",\"name\":\"Customer\"},\"cut\":[{\"origin\":\"daybook.test/ledger_v1\",\"root\":\"928098bc1fe6bb0a3cbd851e2d1ed48d64e0847ec04fb139aeccbc3f83dab8be\",\"size\":14}],\"document\":\"invoice\",\"due_date\":\"2026-12-11\",\"entries\":{\"money\":{\"from_seq\":0,\"next\":2,\"to_seq\":2},\"usage\":{\"from_seq\":0,\"next\":3,\"to_seq\":3}},\"exponent\":2,\"forward\":{\"count\":0,\"hash\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"},\"issue_date\":\"2026-11-11\",\"ledger_id\":\"7bac0afdf83cef10469260065e77b5af\",\"lines\":[{\"amount\":\"3.00\",\"base_quantity\":\"10800000000\",\"charge\":\"gpu\",\"description\":\"gpu\",\"kind\":\"charge\",\"line_by\":{},\"parts\":[{\"amount\":\"3.0000000000\",\"kind\":\"tier\",\"quantity\":\"3\",\"why\":{\"exact\":\"3\",\"from\":\"2026-08-01T00:00:00Z\",\"plan\":\"p\",\"price\":\"1\",\"to\":\"2026-09-01T00:00:00Z\",\"unit\":\"GPU-hour\",\"version\":1}}],\"plan\":\"p\",\"quantity\":\"3\",\"rate\":\"19\",\"tax_category\":\"standard\",\"unit\":\"GPU-hour\"}],\"log\":0,\"net\":\"3.00\",\"number\":\"DE-2026-000001\",\"origin\":\"daybook.test/ledger_v1\",\"period\":{\"from\":\"2026-08-01T00:00:00Z\",\"index\":14,\"label\":\"2026-08\",\"to\":\"2026-09-01T00:00:00Z\",\"tz_version\":\"2026f\",\"zone\":\"UTC\"},\"plans\":[{\"hash\":\"35f62c3188c872edfa0d49d91b2f570353503d924d75d78091a6235da74b8377\",\"index\":8,\"plan\":\"p\",\"version\":1}],\"reservations\":[],\"seller\":{\"address\":[\"Street 1\"],\"country\":\"DE\",\"id\":\"seller\",\"name\":\"Seller GmbH\",\"number_series\":\"DE-2026\"},\"series\":[{\"descriptor\":\"0100086770755f74696d650006754750552e7300000006010007000a616c6c6f636174696f6e0003612d3100096770755f6d696c6c6900043130303000066d61726b657400096f6e5f64656d616e64000770726f6a6563740005747261696e0006726567696f6e000265750003736b7500046831303000047a6f6e65000465752d61\",\"series\":\"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c\"}],\"tax\":\"0.57\",\"tax_hash\":\"759e7d9e53570e96bd3de238fe9670fc833f86ec2b43983141c8478eb8b92e72\",\"taxes\":[{\"category\":\"standard\",\"net\":\"3.00\",\"rate\":\"19\",\"tax\":\"0.57\"}],\"tenant\":{\"id\":\"acme\",\"number\":\"1\"},\"total\":\"3.57\",\"unrated\":[],\"usage\":[{\"entries\":3,\"period\":\"2026-08\",\"quantity\":\"10800000000\",\"series\":\"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c\"}]}","index":15},{"content":"{\"contract\":{\"id\":\"c-acme\",\"version\":1},\"cut\":[{\"origin\":\"daybook.test/ledger_v1\",\"root\":\"39aec763272558eb9bf085491c4365421e2e6f252fb775f4dff6830d5ff5737e\",\"size\":26}],\"from\":\"2026-09-01T00:00:00Z\",\"label\":\"2026-09\",\"previous\":14,\"tenant\":\"acme\",\"to\":\"2026-10-01T00:00:00Z\"}","index":26},{"content":"{\"adjustments\":[{\"lines\":[{\"amount\":\"1.00\",\"base_quantity\":\"3600000000\",\"charge\":\"gpu\",\"description\":\"gpu\",\"kind\":\"charge\",\"line_by\":{},\"plan\":\"p\",\"quantity\":\"1\",\"rate\":\"19\",\"tax_category\":\"standard\",\"unit\":\"GPU-hour\"}],\"net\":\"1.00\",\"original\":\"DE-2026-000001\",\"original_hash\":\"e6bb998cf78cad3deb6976318ca32af9821757bc3fd004960df0acf1bbec1088\",\"tax\":\"0.19\",\"taxes\":[{\"category\":\"standard\",\"net\":\"1.00\",\"rate\":\"19\",\"tax\":\"0.19\"}]}],\"carried\":{\"count\":0,\"hash\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"},\"contract\":{\"hash\":\"1c954d1836d9db016175cacf6d60b32605526b6c677d1701ac8f7cba4601d3aa\",\"id\":\"c-acme\",\"index\":9,\"version\":1},\"currency\":\"EUR\",\"customer\":{\"address\":[\"Street 2\"],\"country\":\"DE\",\"name\":\"Customer\"},\"cut\":[{\"origin\":\"daybook.test/ledger_v1\",\"root\":\"39aec763272558eb9bf085491c4365421e2e6f252fb775f4dff6830d5ff5737e\",\"size\":26}],\"document\":\"invoice\",\"due_date\":\"2026-12-11\",\"entries\":{\"money\":{\"from_seq\":2,\"next\":5,\"to_seq\":5},\"usage\":{\"from_seq\":3,\"next\":7,\"to_seq\":7}},\"exponent\":2,\"forward\":{\"count\":0,\"hash\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"},\"issue_date\":\"2026-11-11\",\"ledger_id\":\"7bac0afdf83cef10469260065e77b5af\",\"lines\":[{\"amount\":\"3.00\",\"base_quantity\":\"10800000000\",\"charge\":\"gpu\",\"description\":\"gpu\",\"kind\":\"charge\",\"line_by\":{},\"parts\":[{\"amount\":\"3.0000000000\",\"kind\":\"tier\",\"quantity\":\"3\",\"why\":{\"exact\":\"3\",\"from\":\"2026-09-01T00:00:00Z\",\"plan\":\"p\",\"price\":\"1\",\"to\":\"2026-10-01T00:00:00Z\",\"unit\":\"GPU-hour\",\"version\":1}}],\"plan\":\"p\",\"quantity\":\"3\",\"rate\":\"19\",\"tax_category\":\"standard\",\"unit\":\"GPU-hour\"}],\"log\":0,\"net\":\"4.00\",\"number\":\"DE-2026-000002\",\"origin\":\"daybook.test/ledger_v1\",\"period\":{\"from\":\"2026-09-01T00:00:00Z\",\"index\":26,\"label\":\"2026-09\",\"to\":\"2026-10-01T00:00:00Z\",\"tz_version\":\"2026f\",\"zone\":\"UTC\"},\"plans\":[{\"hash\":\"35f62c3188c872edfa0d49d91b2f570353503d924d75d78091a6235da74b8377\",\"index\":8,\"plan\":\"p\",\"version\":1}],\"reservations\":[],\"seller\":{\"address\":[\"Street 1\"],\"country\":\"DE\",\"id\":\"seller\",\"name\":\"Seller GmbH\",\"number_series\":\"DE-2026\"},\"series\":[{\"descriptor\":\"0100086770755f74696d650006754750552e7300000006010007000a616c6c6f636174696f6e0003612d3100096770755f6d696c6c6900043130303000066d61726b657400096f6e5f64656d616e64000770726f6a6563740005747261696e0006726567696f6e000265750003736b7500046831303000047a6f6e65000465752d61\",\"series\":\"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c\"}],\"tax\":\"0.76\",\"tax_hash\":\"759e7d9e53570e96bd3de238fe9670fc833f86ec2b43983141c8478eb8b92e72\",\"taxes\":[{\"category\":\"standard\",\"net\":\"4.00\",\"rate\":\"19\",\"tax\":\"0.76\"}],\"tenant\":{\"id\":\"acme\",\"number\":\"1\"},\"total\":\"4.76\",\"unrated\":[],\"usage\":[{\"entries\":1,\"period\":\"2026-08\",\"quantity\":\"3600000000\",\"series\":\"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c\"},{\"entries\":3,\"period\":\"2026-09\",\"quantity\":\"10800000000\",\"series\":\"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c\"}]}","index":27}],"cut_proof":["y9flQHyOY3udXVWKYhieTtC/1GBKESGVNbw0lJoNKm0=","sRo3q4oSRIz5JbzTWb5oBoizq6A4Ns9adU5DT6P8vQg=","vh67OS5+NAwHXkPapghh69wR3JjNJPJ5HJRPhxHG4hg=","zEITW6dpoYqDPsnSwXTTUGatiyn0Dhd9NkPMSdElpUE=","z5zO5zjmFB0NXiK1+2CE02mGjuz6RnIdqOobSxaqVlw="],"daybook_bundle":1,"document":"{\"adjustments\":[{\"lines\":[{\"amount\":\"1.00\",\"base_quantity\":\"3600000000\",\"charge\":\"gpu\",\"description\":\"gpu\",\"kind\":\"charge\",\"line_by\":{},\"plan\":\"p\",\"quantity\":\"1\",\"rate\":\"19\",\"tax_category\":\"standard\",\"unit\":\"GPU-hour\"}],\"net\":\"1.00\",\"original\":\"DE-2026-000001\",\"original_hash\":\"e6bb998cf78cad3deb6976318ca32af9821757bc3fd004960df0acf1bbec1088\",\"tax\":\"0.19\",\"taxes\":[{\"category\":\"standard\",\"net\":\"1.00\",\"rate\":\"19\",\"tax\":\"0.19\"}]}],\"carried\":{\"count\":0,\"hash\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"},\"contract\":{\"hash\":\"1c954d1836d9db016175cacf6d60b32605526b6c677d1701ac8f7cba4601d3aa\",\"id\":\"c-acme\",\"index\":9,\"version\":1},\"currency\":\"EUR\",\"customer\":{\"address\":[\"Street 2\"],\"country\":\"DE\",\"name\":\"Customer\"},\"cut\":[{\"origin\":\"daybook.test/ledger_v1\",\"root\":\"39aec763272558eb9bf085491c4365421e2e6f252fb775f4dff6830d5ff5737e\",\"size\":26}],\"document\":\"invoice\",\"due_date\":\"2026-12-11\",\"entries\":{\"money\":{\"from_seq\":2,\"next\":5,\"to_seq\":5},\"usage\":{\"from_seq\":3,\"next\":7,\"to_seq\":7}},\"exponent\":2,\"forward\":{\"count\":0,\"hash\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"},\"issue_date\":\"2026-11-11\",\"ledger_id\":\"7bac0afdf83cef10469260065e77b5af\",\"lines\":[{\"amount\":\"3.00\",\"base_quantity\":\"10800000000\",\"charge\":\"gpu\",\"description\":\"gpu\",\"kind\":\"charge\",\"line_by\":{},\"parts\":[{\"amount\":\"3.0000000000\",\"kind\":\"tier\",\"quantity\":\"3\",\"why\":{\"exact\":\"3\",\"from\":\"2026-09-01T00:00:00Z\",\"plan\":\"p\",\"price\":\"1\",\"to\":\"2026-10-01T00:00:00Z\",\"unit\":\"GPU-hour\",\"version\":1}}],\"plan\":\"p\",\"quantity\":\"3\",\"rate\":\"19\",\"tax_category\":\"standard\",\"unit\":\"GPU-hour\"}],\"log\":0,\"net\":\"4.00\",\"number\":\"DE-2026-000002\",\"origin\":\"daybook.test/ledger_v1\",\"period\":{\"from\":\"2026-09-01T00:00:00Z\",\"index\":26,\"label\":\"2026-09\",\"to\":\"2026-10-01T00:00:00Z\",\"tz_version\":\"2026f\",\"zone\":\"UTC\"},\"plans\":[{\"hash\":\"35f62c3188c872edfa0d49d91b2f570353503d924d75d78091a6235da74b8377\",\"index\":8,\"plan\":\"p\",\"version\":1}],\"reservations\":[],\"seller\":{\"address\":[\"Street 1\"],\"country\":\"DE\",\"id\":\"seller\",\"name\":\"Seller GmbH\",\"number_series\":\"DE-2026\"},\"series\":[{\"descriptor\":\"0100086770755f74696d650006754750552e7300000006010007000a616c6c6f636174696f6e0003612d3100096770755f6d696c6c6900043130303000066d61726b657400096f6e5f64656d616e64000770726f6a6563740005747261696e0006726567696f6e000265750003736b7500046831303000047a6f6e65000465752d61\",\"series\":\"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c\"}],\"tax\":\"0.76\",\"tax_hash\":\"759e7d9e53570e96bd3de238fe9670fc833f86ec2b43983141c8478eb8b92e72\",\"taxes\":[{\"category\":\"standard\",\"net\":\"4.00\",\"rate\":\"19\",\"tax\":\"0.76\"}],\"tenant\":{\"id\":\"acme\",\"number\":\"1\"},\"total\":\"4.76\",\"unrated\":[],\"usage\":[{\"entries\":1,\"period\":\"2026-08\",\"quantity\":\"3600000000\",\"series\":\"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c\"},{\"entries\":3,\"period\":\"2026-09\",\"quantity\":\"10800000000\",\"series\":\"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c\"}]}","document_index":27,"entries":[{"body":"44424b010d0000007bac0afdf83cef10469260065e77b5af000000000000000000000002000000000000000000000000000000000000000000000000000000005605009a72bee7e3f08be88110b6b73854525b64b7ced6171733e668df7df95a00000001000000006e96132b8baef38a9d6e1fcc0e5c8330f777a83c7d0e6caa57855ec510785b1b57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4","index":0,"salt":"0000000000000000000000000000000000000000000000000000000000000000","signature":"7ef1968c8f9c65260fa6a5a82ff760aab22a6a769e12f2c5156dfadf4323adc50fddf60432a11efb6498cd23af7b80c5095bdc80db1c1a902d93bc9aa0ceee00","writer":"57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4"},{"body":"44424b010c0000007bac0afdf83cef10469260065e77b5af000000000000000000000002000000000000000000000001000000000000000000000000000000007e1388bfb004169435dbaf2d35647269213de84771492fcc56c6cdf123b601400000000100000000461b29c19a2defc91ae2d1816effa7ee48ede06482ddee4d51b38c4994a4b77c57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4","index":1,"salt":"0000000000000000000000000000000000000000000000000000000000000000","signature":"d8fc85fa4947fbb387be2e92bad935b9fff1ab77ba3883c7a7820709a78fa3062b724ca0545151d64ceef69bc84b77294a62d93ea47e897a3671a9f8ec351e0e","writer":"57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4"},{"body":"44424b010c0000007bac0afdf83cef10469260065e77b5af00000000000000000000000200000000000000000000000200000000000000000000000000000000b226a055b40ae3da647522e927935d207e30df802b8d877702d743f4fd9b34e20000000100000000feadb3d2b6d395997cd288dddf6c40c50af12138cb8739eb4b61723b3c46e5fd57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4","index":2,"salt":"0000000000000000000000000000000000000000000000000000000000000000","signature":"5139d3d8e81380ed124a40bc23a9226ca938fbe25f0c0ae6a42979b1c3981b44ad4505808896d113ec1046865d43dee369cbabdd7064a24cb8d8b3a97cf9ef0d","writer":"57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4"},{"body":"44424b010c0000007bac0afdf83cef10469260065e77b5af0000000000000000000000020000000000000000000000030000000000000000000000000000000077f855c69922f57c0db0d4d74947fb672a7b70e9b2184881a9ecc57e4359a82f000000010000000083eb8361fa6bd731b60c75ae8cfedf2e9f6906baf01a60adc4d3cb297436d9f757997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4","index":3,"salt":"0000000000000000000000000000000000000000000000000000000000000000","signature":"312fc2e5ebff2950d83759befac0b44d567ffc6766be7a24a028488e0d5c26dc6dbcd83935f4fb6c1299942e03a0b853eff791e13079c31684fa013b08db1908","writer":"57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4"},{"body":"44424b010c0000007bac0afdf83cef10469260065e77b5af00000000000000000000000200000000000000000000000400000000000000000000000000000000db0a7243424860ebf0f6acc5b772cb009ad6b99da4f3c93f7d0f992a23c328b70000000100000000bec786cf6831b6ff554c4e2fa05e22c0916a45f86687766786643c1accaca7ea57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4","index":4,"salt":"0000000000000000000000000000000000000000000000000000000000000000","signature":"124cc2215e57d43c67be9105511edece61927a542d0a2275da00dddce6740ce4f730fbff4098c6ef5f6ee2380f43e835dae164059dc886df21e8fbb57ad00f06","writer":"57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4"},{"body":"44424b01080000007bac0afdf83cef10469260065e77b5af00000000000000000000000200000000000000000000000500000000000000000000000000000000d2e79529ba2c46b2b8496511585b5ed5f3eeba66465b92ce45a2c72344c13bab000000010000000065b4ebafa5ae23ff191d48784420b7c7168414216d978fa7ce4b32d0d1e3a36c8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f","index":5,"salt":"d08587534987158ff2298a89faed5f46b4e02f74f0a3dd80d73ee6e03251398b","signature":"5600abbf04c83af297cd2efd23e26c289cec707d96e34f05a986a0b7857c9d79867588aba3a97edd7fd8420ed08c4dcb5f1094d0cfbca0176a6faed0b654430d","writer":"6f47bb1e47b13fa8c2c12720c9642741dc6ca0812aa7820580dc9acdb8bc1b39"},{"body":"44424b01090000007bac0afdf83cef10469260065e77b5af00000000000000000000000200000000000000000000000800000000000000000000000000000000874307f6e50a37654a87b923a1d36a47d6053e715f73df48b1349798ee5c47c0000000010000000035f62c3188c872edfa0d49d91b2f570353503d924d75d78091a6235da74b83778828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f","index":8,"salt":"cbb2f0f3b021fa7d6e12470decdff001b330a99f61b4e1131c0db80a56ad45d0","signature":"c4d8433f80ef9ace0760b55e7f3d314d2263d9bf117806e988d01922d31aff5bbc23db7d407cb2d1b975777868f870b4472f9e0ed5ba09d7b1f6aa8d3a1c4f03","writer":"6f47bb1e47b13fa8c2c12720c9642741dc6ca0812aa7820580dc9acdb8bc1b39"},{"body":"44424b010a0000007bac0afdf83cef10469260065e77b5af00000000000000010000000100000000000000000000000000000000000000000000000000000000097459ec09501fdd2c35be62c370f38ea575b0fadf8fd82ab1ddcd426b2c95a900000001000000001c954d1836d9db016175cacf6d60b32605526b6c677d1701ac8f7cba4601d3aa8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f","index":9,"salt":"c3345a3e2bc0cf0347bd6da315776164cff09f024cb7d5e454c6fd9b5b52eefc","signature":"c6adf56b61dd558707d7a57f24834e658ab7263a4f4b03489efc94ebce95e1b59011e37d098eb868078cb19bbb709e5e6e2cde838fcff2b88873491d87ad2604","writer":"6f47bb1e47b13fa8c2c12720c9642741dc6ca0812aa7820580dc9acdb8bc1b39"},{"body":"44424b01010000007bac0afdf83cef10469260065e77b5af0000000000000001000000000000000000000000000000002688977bad2e79fba2b7b0fb52be68c0629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c0006582199eee80000000e1000000000000000000000000000000000d693a4000000000000000001","index":10,"salt":"271b968a71bb1aaf16b86584a96d2558d25d908b0fb91920afa08fd17d732360","signature":"d749f639d77f9c31bad5e1b43982dc7ebd49798bc618264e5ec8e73e47f687519201306465ae8ed4f640854a4bb085850c8dd3a3ae9f9fadb40eb992d10f810a","writer":"361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d"},{"body":"44424b01010000007bac0afdf83cef10469260065e77b5af0000000000000001000000000000000000000000000000012688977bad2e79fba2b7b0fb52be68c0629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c0006582270828c0000000e1000000000000000000000000000000000d693a4000000000000000001","index":11,"salt":"6d5c1cdfc382096a8d43f1e97872f5d0bb6c500ef2704f161971c96b3d7bc1e2","signature":"7c3c043e49262ced11e6ee91b1c07592c3ed4da2193edaf63006eaf6fe1e843c5ed9c0c1743fd8d6aeb4577313c7cbcaef6f2057a7973cf14c388cb2c72c3b0e","writer":"361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d"},{"body":"44424b01010000007bac0afdf83cef10469260065e77b5af0000000000000001000000000000000000000000000000022688977bad2e79fba2b7b0fb52be68c0629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c000658234716300000000e1000000000000000000000000000000000d693a4000000000000000001","index":12,"salt":"f0757ae8f39744046e1b260b16e2ad410cf9b7ef502651c1a1e49bb0e7dbd452","signature":"c78bb302c47d428a2ed10c44b107f633e9e2648f67731b3244da129c790afc55c885f83c4e2aa52ec0cf4848633b7242d4d682fb4f73554584f867be9fb5d309","writer":"361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d"},{"body":"44424b010b0000007bac0afdf83cef10469260065e77b5af0000000000000001000000010000000000000000000000010000000000000000000000000000000027df51d97ebdb0791ba362479397afb46103c1c55c110b7c0bc66c79065b95c900000001000000006d0e90bf42ffe9ed7b945879c07305151ce205a44594a89edf3901ec540071458828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f","index":14,"salt":"cd85424fc74436692a771014b412c5957c9c305c770ed237752510d3d673b49a","signature":"76b3f34da8508ee8e3a5aec279e1246d8608b337349cae261fe1eec95735abaae9348fdcaa115d45b2fc670c8610da56ec8136764d7191ba018a8353aea42e04","writer":"485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7"},{"body":"44424b01050000007bac0afdf83cef10469260065e77b5af0000000000000001000000010000000000000000000000020000000000000000000000000000000015b8ac0d2706b9b007fd76d3c3e8396dafbdf6581413cf932b1e379805fdb9230000000100000000e6bb998cf78cad3deb6976318ca32af9821757bc3fd004960df0acf1bbec10888828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f","index":15,"salt":"19937a114b6db9a47e6518ded12afbec43bee6fd7fef7852314b4d579c9d28ff","signature":"4ad85b7b27d067825c2a98eef48e67cce5b3df0acfbef9e0e32d9eb7fd855f579212057dbaffcc0c07e48c46881c1c9ddc940378b40710677a7c5af54dee1502","writer":"485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7"},{"body":"44424b01040000007bac0afdf83cef10469260065e77b5af000000000000000100000001000000000000000000000003000000000000000000000000000000004bec075494af1bf9d0ade7e18e3d4211984f88aa4c13e8cfa09e73c4034471aaca7ebbfc759669d4039fa04deffec297cfc3feaaf43528eb7c457b2e40f587bc000000000000000000000000000001654555520200000001e6bb998cf78cad3deb6976318ca32af9821757bc3fd004960df0acf1bbec1088","index":16,"salt":"26d5697396df21ec7784f763cdd76c9b2ad5bf6f9accc41f153ed0585ebd4b2c","signature":"725c647ee8873dd4c5929db88c523f5d075e3bf5c9b081195b4ffea310241f118df95317cd9952e4047a509b04c56b3fbd6a47fe4ec8a9a1ace4c3eba25be70a","writer":"485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7"},{"body":"44424b01010000007bac0afdf83cef10469260065e77b5af00000000000000010000000000000000000000000000000364d7061b7eb0dfc4b9fc526438c24002629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c000658241da9d40000000e1000000000000000000000000000000000d693a4000000000000000001","index":17,"salt":"a6a1204cf2f9a2d6d1a0b79e3aeff531333c0632b78ea1596e7f537eed73707c","signature":"6e3d32d8871cc2a0459073879de1751dc002640becfbf8464fd3730f6e681f4354c0c571543e627c6d4426d75d7d00e3c11ae563449039bdc11a72fb6cf27405","writer":"361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d"},{"body":"44424b01010000007bac0afdf83cef10469260065e77b5af00000000000000010000000000000000000000000000000464d7061b7eb0dfc4b9fc526438c24002629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c00065a609990600000000e1000000000000000000000000000000000d693a4000000000000000001","index":18,"salt":"990d83001ad5a49165196d536b387eb64b0b1b1549e09f8799c9522e5de6991e","signature":"aaccd175c8fa49a6c28f366324f093b132e77d211c09cbcfa61090381e5eccfb8176924d74700372f173dcdc0603f150ead4368e68fe401278f33ea75a5ab20b","writer":"361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d"},{"body":"44424b01010000007bac0afdf83cef10469260065e77b5af00000000000000010000000000000000000000000000000564d7061b7eb0dfc4b9fc526438c24002629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c00065a617024040000000e1000000000000000000000000000000000d693a4000000000000000001","index":19,"salt":"64afd0353f3740089c2472ffd1c0fe5493ece5676b82ce7e484eee53a0579917","signature":"cee9142edd9c9c34fd2f9884da73bddc4af69b306e35e41794b8e108d229f4b19aa8805f2e6fd75a6529b073fb942c633af5403cff44a874085d64f0f8db700a","writer":"361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d"},{"body":"44424b01010000007bac0afdf83cef10469260065e77b5af00000000000000010000000000000000000000000000000664d7061b7eb0dfc4b9fc526438c24002629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c00065a6246b7a80000000e1000000000000000000000000000000000d693a4000000000000000001","index":20,"salt":"b41ceaa52d4935d0d33c22e9dc63c7ab3c95a52b171b954ee0a0527740ebca40","signature":"ca074b851596f993f8193ad8a0e0322058a71d09e3ea2f8852b9e49500526649a693fab81f14d151048efda42c4b2c142e7275e1279823eec68c1dc7d605d803","writer":"361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d"},{"body":"44424b010b0000007bac0afdf83cef10469260065e77b5af00000000000000010000000100000000000000000000000400000000000000000000000000000000824a2158476fcfe411c07534b50023eb4bba9197b029839d0d01308bb182b4a40000000100000000fa051d8a0e4fcdd61c377da69fd968fcb5890e9efd3fad6f48e81faf89dd90fd8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f","index":26,"salt":"b45693df4b9c31d1ff2279285a96a4410eda758822335058adb6027d38513dc5","signature":"357d451542b08fed93e8ebf880466d092c96ec13c44df299d65190861f2452d411c23ce37ad4a544a7a8c961cb732bb689e9a82d0e0188f58f1bede4ed9e820b","writer":"485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7"},{"body":"44424b01050000007bac0afdf83cef10469260065e77b5af00000000000000010000000100000000000000000000000500000000000000000000000000000000628f1cee62225f140b901b1b24944fe47736bc8282b714fc66f2fb596027cdb20000000100000000fd0dffbc61e0628dda5c3efb11da0a8d1689378b59bb337470b1c3398b6d63928828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f","index":27,"salt":"251092dc724a8853b46fc90fd0312c98292295bc2e5e30395eeecb99091b3cb3","signature":"d2dd29b46a61313c3aa41baf7e6c42eca3d554fdb1c16bab481802a384c62badf239754eabd2598931aa61b8257ce82ec3882971e7f1ce4b634bbdc447b3cc00","writer":"485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7"},{"body":"44424b01040000007bac0afdf83cef10469260065e77b5af000000000000000100000001000000000000000000000006000000000000000000000000000000004bec075494af1bf9d0ade7e18e3d4211984f88aa4c13e8cfa09e73c4034471aaca7ebbfc759669d4039fa04deffec297cfc3feaaf43528eb7c457b2e40f587bc000000000000000000000000000001dc4555520200000001fd0dffbc61e0628dda5c3efb11da0a8d1689378b59bb337470b1c3398b6d6392","index":28,"salt":"e45f7fd6b617866240ef7e14776a1576b66561b3ca8bf7e4f80c9f1d8ef58703","signature":"18a02ad73e097fca00b88aa50ff9913902a4c5c0f4af150e7973ecb78ca095b420e7fbe00aca05fa4b63f5091990cb65c8274cee4b130b0d4f08dfd54d806f0b","writer":"485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7"}],"log_vkey":"daybook.test/ledger_v1+725d401a+AQfIoOBRJrX0PWzE3GIicVMZpUi34LGrUzzTvaERwX0O","origin":"daybook.test/ledger_v1","proof":["b/KDRWHJoJPfDjZo2ulRaek+BCWiqKRvI4HoA1jJVJc=","fpH9yomwhldUShW4EzbM5nk3TXoQN/RQhO6Or6IlvIU=","rz4YtvZF2TqNb8GFT7IAYHRwnEFLvZL10wc2yNaUZ6c=","vNr3d5ts8GeDpnDyyCSvVuzlN5YfG9TMnRXTnbO2PSw=","y9flQHyOY3udXVWKYhieTtC/1GBKESGVNbw0lJoNKm0="],"root_vkey":"daybook.test/ledger_v1/root+8ce60d79+AeRp+d+7OvWadq5Iw1E8MFRvkhwvIMOfa/PXRwZUdEai","series":[{"descriptor":"0100086770755f74696d650006754750552e7300000006010007000a616c6c6f636174696f6e0003612d3100096770755f6d696c6c6900043130303000066d61726b657400096f6e5f64656d616e64000770726f6a6563740005747261696e0006726567696f6e000265750003736b7500046831303000047a6f6e65000465752d61"}],"size":29}');


--
-- Data for Name: checkpoint; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.checkpoint VALUES (0, 5, false, '\x067ae544867364df8d424d3d0f2bf6221ddde3bda37ad12ab72bd0b007b0fa8c', NULL, '2026-11-21 17:13:51.473684+00');
INSERT INTO ledger.checkpoint VALUES (0, 5, true, '\x067ae544867364df8d424d3d0f2bf6221ddde3bda37ad12ab72bd0b007b0fa8c', 'daybook.test/ledger_v1
5
BnrlRIZzZN+NQk09Dyv2Ih3d472jetEqtyvQsAew+ow=

— daybook.test/ledger_v1 cl1AGscOTTrqRt0675KUJ3iuM5ns8IXzobnPhGUUs1XCnlMqhYHsT/szP0T7c4oW5UwUt7KrOWXAdYkxE1+vya28zQg=
', '2026-11-21 17:13:51.494886+00');
INSERT INTO ledger.checkpoint VALUES (0, 14, false, '\x928098bc1fe6bb0a3cbd851e2d1ed48d64e0847ec04fb139aeccbc3f83dab8be', NULL, '2026-11-21 17:13:51.811312+00');
INSERT INTO ledger.checkpoint VALUES (0, 14, true, '\x928098bc1fe6bb0a3cbd851e2d1ed48d64e0847ec04fb139aeccbc3f83dab8be', 'daybook.test/ledger_v1
14
koCYvB/muwo8vYUeLR7UjWTghH7AT7E5rsy8P4PauL4=

— daybook.test/ledger_v1 cl1AGk7shHIfysFQtdqkl1uW8zcQBRbM7ksgSA8PhMt4IAmAulz5Pc4er3oGqlxB+WAHlvByfDcHPZhqjBuglYsdjgg=
', '2026-11-21 17:13:51.825316+00');
INSERT INTO ledger.checkpoint VALUES (0, 26, false, '\x39aec763272558eb9bf085491c4365421e2e6f252fb775f4dff6830d5ff5737e', NULL, '2026-11-21 17:13:52.283849+00');
INSERT INTO ledger.checkpoint VALUES (0, 26, true, '\x39aec763272558eb9bf085491c4365421e2e6f252fb775f4dff6830d5ff5737e', 'daybook.test/ledger_v1
26
Oa7HYyclWOub8IVJHENlQh4ubyUvt3X03/aDDV/1c34=

— daybook.test/ledger_v1 cl1AGoXmCRWNKLYVoaSbg86RqRX0uDYVLVejytEthioE5vfwOV8L1T3MzSiJbDw+mJMPoJUaSmBwldLB9wfvkAFKewo=
', '2026-11-21 17:13:52.298915+00');
INSERT INTO ledger.checkpoint VALUES (0, 29, false, '\x5d607030073d32e23da3584f0a51e561dd8a8196d717c75109ba106a4c43a1e4', NULL, '2026-11-21 17:13:52.780724+00');
INSERT INTO ledger.checkpoint VALUES (0, 29, true, '\x5d607030073d32e23da3584f0a51e561dd8a8196d717c75109ba106a4c43a1e4', 'daybook.test/ledger_v1
29
XWBwMAc9MuI9o1hPClHlYd2KgZbXF8dRCboQakxDoeQ=

— daybook.test/ledger_v1 cl1AGo9kzMaR0RcqOWXD0S9xQViipuBIFD1eTF4vxT23r7AZGKvfe/NMUaYR7k4aAKMZfc1yu+HkZC5fcdZCdMSyWA0=
', '2026-11-21 17:13:52.792321+00');


--
-- Data for Name: content; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.content VALUES (0, 0, 13, 0, 'daybook.test/ledger_v1', 1, '\x6e96132b8baef38a9d6e1fcc0e5c8330f777a83c7d0e6caa57855ec510785b1b', '{"action":"open","log_key":"daybook.test/ledger_v1+725d401a+AQfIoOBRJrX0PWzE3GIicVMZpUi34LGrUzzTvaERwX0O","origin":"daybook.test/ledger_v1","previous":null,"root_key":"daybook.test/ledger_v1/root+8ce60d79+AeRp+d+7OvWadq5Iw1E8MFRvkhwvIMOfa/PXRwZUdEai","secrets":{"dedup":"7d10d8ec564ad57528112fb7e424789cd1dbef434617fa79eed485641973ac8b","salt":"394c32f2d88dbbabcb5f0ea4b20529580fb61dfc7ef94e60e3b67e97e64c5fe6"}}');
INSERT INTO ledger.content VALUES (0, 1, 12, 0, '361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d', 1, '\x461b29c19a2defc91ae2d1816effa7ee48ede06482ddee4d51b38c4994a4b77c', '{"action":"grant","key":"daybook.test/ledger_v1/ingest+71711cd5+AfyIBhcAcTi/MSevlwvv6tIaNMa9rMQTOcPgtoIulxu3","roles":["ingest"]}');
INSERT INTO ledger.content VALUES (0, 2, 12, 0, '6f47bb1e47b13fa8c2c12720c9642741dc6ca0812aa7820580dc9acdb8bc1b39', 1, '\xfeadb3d2b6d395997cd288dddf6c40c50af12138cb8739eb4b61723b3c46e5fd', '{"action":"grant","key":"daybook.test/ledger_v1/control+b74041ea+AZ8Z9OnyqutKZTbuLWjSlfgXpA6WAQzTD42O9TaOkdW4","roles":["control"]}');
INSERT INTO ledger.content VALUES (0, 3, 12, 0, '485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7', 1, '\x83eb8361fa6bd731b60c75ae8cfedf2e9f6906baf01a60adc4d3cb297436d9f7', '{"action":"grant","key":"daybook.test/ledger_v1/invoices+f7fd044c+Afp/cPKhcn8+4HQD3secU3Hv+FP+gmCHYXSorlKAuqKM","roles":["invoices"]}');
INSERT INTO ledger.content VALUES (0, 4, 12, 0, '8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f', 1, '\xbec786cf6831b6ff554c4e2fa05e22c0916a45f86687766786643c1accaca7ea', '{"action":"grant","key":"daybook.test/ledger_v1/operator+794b74ce+AcdylXJQHrJyLk/84H7ByuBK6quv1bcC47/ZVNTdiojX","roles":["draft","approve","issue","operate"]}');
INSERT INTO ledger.content VALUES (0, 5, 8, 0, 'acme', 1, '\x65b4ebafa5ae23ff191d48784420b7c7168414216d978fa7ce4b32d0d1e3a36c', '{"grid_seconds":3600,"id":"acme","name":"acme","number":"1","slot":4,"zone":"UTC"}');
INSERT INTO ledger.content VALUES (0, 6, 8, 0, 'beta', 1, '\x6b2a765940f901555c8604698e77f1686cf6d91b9b775012c4bac17fb2a44c36', '{"grid_seconds":1800,"id":"beta","name":"beta","number":"2","slot":32,"zone":"Asia/Kolkata"}');
INSERT INTO ledger.content VALUES (0, 7, 7, 0, 'catalog', 1, '\x2496d3bfb83d623dd951e050acd953fcf6df5201c26ed9d506c9506ec1a735ca', '{"feeds":[],"limits":{"quarantine_per_minute":1000,"series_per_tenant":100000},"meters":[{"aggregation":"sum","dimensions":[{"name":"project","pointer":"/data/project"},{"name":"sku","pointer":"/data/sku"},{"name":"allocation","pointer":"/data/allocation"},{"name":"gpu_milli","pointer":"/data/gpu_milli"},{"name":"market","pointer":"/data/market"},{"name":"region","pointer":"/data/region"},{"name":"zone","pointer":"/data/zone"}],"meter":"gpu_time","quantity":{"function":"gpu_time"},"scale":6,"type":"gpu.slice.v1","unit":"uGPU.s"},{"aggregation":"sum","classifiers":[{"bands":[{"up_to":200000,"value":"le200k"},{"value":"gt200k"}],"dimension":"context","pointer":"/data/tokens/input"}],"dimensions":[{"name":"model","pointer":"/data/model"},{"name":"region","pointer":"/data/region"},{"name":"project","pointer":"/data/project"},{"name":"principal","pointer":"/data/principal"},{"name":"tier","pointer":"/data/tier"},{"name":"batch","pointer":"/data/batch"},{"name":"capacity","pointer":"/data/capacity"}],"meter":"tokens","quantity":{"function":"tokens_by_class"},"scale":0,"type":"tokens.request.v1","unit":"token"},{"aggregation":"sum","dimensions":[{"name":"project","pointer":"/data/project"},{"name":"volume","pointer":"/data/volume"},{"name":"class","pointer":"/data/class"},{"name":"region","pointer":"/data/region"}],"labels":["/data/team"],"meter":"storage","quantity":{"pointer":"/data/mib_seconds"},"scale":0,"type":"storage.sample.v1","unit":"MiB.s"}],"sources":[{"source":"/cluster/fra1","tenants":["*"],"topics":["file"],"types":["gpu.slice.v1"]},{"source":"/gateway/fra1","tenants":["*"],"topics":["file"],"types":["tokens.request.v1"]},{"source":"/storage/fra1","tenants":["*"],"topics":["file"],"types":["storage.sample.v1"]}],"types":[{"core":"gpu","type":"gpu.slice.v1"},{"core":"tokens","type":"tokens.request.v1"},{"instant":"/data/at","meaning":["/data/project","/data/volume","/data/class","/data/region","/data/mib_seconds"],"type":"storage.sample.v1"}],"version_note":"GPU time, tokens and block storage of one region"}');
INSERT INTO ledger.content VALUES (0, 8, 9, 0, 'p', 1, '\x35f62c3188c872edfa0d49d91b2f570353503d924d75d78091a6235da74b8377', '{"charges":[{"charge":"gpu","meter":"gpu_time","model":"per_unit","price":"1.00","price_unit":{"divisor":"3600000000","name":"GPU-hour"}}],"currency":"EUR","plan":"p"}');
INSERT INTO ledger.content VALUES (0, 9, 10, 1, 'c-acme', 1, '\x1c954d1836d9db016175cacf6d60b32605526b6c677d1701ac8f7cba4601d3aa', '{"billing":{"day":1,"hour":0,"minute":0},"contract":"c-acme","currency":"EUR","customer":{"address":["Street 2"],"country":"DE","name":"Customer"},"from":"2026-08-01T00:00:00Z","grace_hours":0,"legal_entity":{"address":["Street 1"],"country":"DE","id":"seller","name":"Seller GmbH","number_series":"DE-2026"},"plans":[{"from":"2026-08-01T00:00:00Z","plan":"p","to":null,"version":1}],"tax":{"profile":[{"category":"standard","rate":"19"}]},"tenant":"acme","to":null,"zone":"UTC"}');
INSERT INTO ledger.content VALUES (0, 14, 11, 1, '2026-08', 1, '\x6d0e90bf42ffe9ed7b945879c07305151ce205a44594a89edf3901ec54007145', '{"contract":{"id":"c-acme","version":1},"cut":[{"origin":"daybook.test/ledger_v1","root":"928098bc1fe6bb0a3cbd851e2d1ed48d64e0847ec04fb139aeccbc3f83dab8be","size":14}],"from":"2026-08-01T00:00:00Z","label":"2026-08","previous":null,"tenant":"acme","to":"2026-09-01T00:00:00Z"}');
INSERT INTO ledger.content VALUES (0, 15, 5, 1, 'DE-2026-000001', 1, '\xe6bb998cf78cad3deb6976318ca32af9821757bc3fd004960df0acf1bbec1088', '{"adjustments":[],"carried":{"count":0,"hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"contract":{"hash":"1c954d1836d9db016175cacf6d60b32605526b6c677d1701ac8f7cba4601d3aa","id":"c-acme","index":9,"version":1},"currency":"EUR","customer":{"address":["Street 2"],"country":"DE","name":"Customer"},"cut":[{"origin":"daybook.test/ledger_v1","root":"928098bc1fe6bb0a3cbd851e2d1ed48d64e0847ec04fb139aeccbc3f83dab8be","size":14}],"document":"invoice","due_date":"2026-12-11","entries":{"money":{"from_seq":0,"next":2,"to_seq":2},"usage":{"from_seq":0,"next":3,"to_seq":3}},"exponent":2,"forward":{"count":0,"hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"issue_date":"2026-11-11","ledger_id":"7bac0afdf83cef10469260065e77b5af","lines":[{"amount":"3.00","base_quantity":"10800000000","charge":"gpu","description":"gpu","kind":"charge","line_by":{},"parts":[{"amount":"3.0000000000","kind":"tier","quantity":"3","why":{"exact":"3","from":"2026-08-01T00:00:00Z","plan":"p","price":"1","to":"2026-09-01T00:00:00Z","unit":"GPU-hour","version":1}}],"plan":"p","quantity":"3","rate":"19","tax_category":"standard","unit":"GPU-hour"}],"log":0,"net":"3.00","number":"DE-2026-000001","origin":"daybook.test/ledger_v1","period":{"from":"2026-08-01T00:00:00Z","index":14,"label":"2026-08","to":"2026-09-01T00:00:00Z","tz_version":"2026f","zone":"UTC"},"plans":[{"hash":"35f62c3188c872edfa0d49d91b2f570353503d924d75d78091a6235da74b8377","index":8,"plan":"p","version":1}],"reservations":[],"seller":{"address":["Street 1"],"country":"DE","id":"seller","name":"Seller GmbH","number_series":"DE-2026"},"series":[{"descriptor":"0100086770755f74696d650006754750552e7300000006010007000a616c6c6f636174696f6e0003612d3100096770755f6d696c6c6900043130303000066d61726b657400096f6e5f64656d616e64000770726f6a6563740005747261696e0006726567696f6e000265750003736b7500046831303000047a6f6e65000465752d61","series":"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c"}],"tax":"0.57","tax_hash":"759e7d9e53570e96bd3de238fe9670fc833f86ec2b43983141c8478eb8b92e72","taxes":[{"category":"standard","net":"3.00","rate":"19","tax":"0.57"}],"tenant":{"id":"acme","number":"1"},"total":"3.57","unrated":[],"usage":[{"entries":3,"period":"2026-08","quantity":"10800000000","series":"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c"}]}');
INSERT INTO ledger.content VALUES (0, 26, 11, 1, '2026-09', 1, '\xfa051d8a0e4fcdd61c377da69fd968fcb5890e9efd3fad6f48e81faf89dd90fd', '{"contract":{"id":"c-acme","version":1},"cut":[{"origin":"daybook.test/ledger_v1","root":"39aec763272558eb9bf085491c4365421e2e6f252fb775f4dff6830d5ff5737e","size":26}],"from":"2026-09-01T00:00:00Z","label":"2026-09","previous":14,"tenant":"acme","to":"2026-10-01T00:00:00Z"}');
INSERT INTO ledger.content VALUES (0, 27, 5, 1, 'DE-2026-000002', 1, '\xfd0dffbc61e0628dda5c3efb11da0a8d1689378b59bb337470b1c3398b6d6392', '{"adjustments":[{"lines":[{"amount":"1.00","base_quantity":"3600000000","charge":"gpu","description":"gpu","kind":"charge","line_by":{},"plan":"p","quantity":"1","rate":"19","tax_category":"standard","unit":"GPU-hour"}],"net":"1.00","original":"DE-2026-000001","original_hash":"e6bb998cf78cad3deb6976318ca32af9821757bc3fd004960df0acf1bbec1088","tax":"0.19","taxes":[{"category":"standard","net":"1.00","rate":"19","tax":"0.19"}]}],"carried":{"count":0,"hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"contract":{"hash":"1c954d1836d9db016175cacf6d60b32605526b6c677d1701ac8f7cba4601d3aa","id":"c-acme","index":9,"version":1},"currency":"EUR","customer":{"address":["Street 2"],"country":"DE","name":"Customer"},"cut":[{"origin":"daybook.test/ledger_v1","root":"39aec763272558eb9bf085491c4365421e2e6f252fb775f4dff6830d5ff5737e","size":26}],"document":"invoice","due_date":"2026-12-11","entries":{"money":{"from_seq":2,"next":5,"to_seq":5},"usage":{"from_seq":3,"next":7,"to_seq":7}},"exponent":2,"forward":{"count":0,"hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"issue_date":"2026-11-11","ledger_id":"7bac0afdf83cef10469260065e77b5af","lines":[{"amount":"3.00","base_quantity":"10800000000","charge":"gpu","description":"gpu","kind":"charge","line_by":{},"parts":[{"amount":"3.0000000000","kind":"tier","quantity":"3","why":{"exact":"3","from":"2026-09-01T00:00:00Z","plan":"p","price":"1","to":"2026-10-01T00:00:00Z","unit":"GPU-hour","version":1}}],"plan":"p","quantity":"3","rate":"19","tax_category":"standard","unit":"GPU-hour"}],"log":0,"net":"4.00","number":"DE-2026-000002","origin":"daybook.test/ledger_v1","period":{"from":"2026-09-01T00:00:00Z","index":26,"label":"2026-09","to":"2026-10-01T00:00:00Z","tz_version":"2026f","zone":"UTC"},"plans":[{"hash":"35f62c3188c872edfa0d49d91b2f570353503d924d75d78091a6235da74b8377","index":8,"plan":"p","version":1}],"reservations":[],"seller":{"address":["Street 1"],"country":"DE","id":"seller","name":"Seller GmbH","number_series":"DE-2026"},"series":[{"descriptor":"0100086770755f74696d650006754750552e7300000006010007000a616c6c6f636174696f6e0003612d3100096770755f6d696c6c6900043130303000066d61726b657400096f6e5f64656d616e64000770726f6a6563740005747261696e0006726567696f6e000265750003736b7500046831303000047a6f6e65000465752d61","series":"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c"}],"tax":"0.76","tax_hash":"759e7d9e53570e96bd3de238fe9670fc833f86ec2b43983141c8478eb8b92e72","taxes":[{"category":"standard","net":"4.00","rate":"19","tax":"0.76"}],"tenant":{"id":"acme","number":"1"},"total":"4.76","unrated":[],"usage":[{"entries":1,"period":"2026-08","quantity":"3600000000","series":"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c"},{"entries":3,"period":"2026-09","quantity":"10800000000","series":"629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c"}]}');


--
-- Data for Name: cosignature; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--



--
-- Data for Name: dedup_block_d20668; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.dedup_block_d20668 VALUES (0, 4, 496042, 1, '\x3d97695a5e6ebe358175c3b57b98890a84a0aaf11b0751b0', '\x0000000000000001000000000000000000000001');
INSERT INTO ledger.dedup_block_d20668 VALUES (0, 4, 496043, 1, '\x2807418cc0bfbb2f611e75d1d3336c66fb547f62d9f1b9ba', '\x0000000000000001000000000000000100000001');
INSERT INTO ledger.dedup_block_d20668 VALUES (0, 4, 496044, 1, '\xa18a7322552ff1252b7422c4218a6256934ea37bf5f9a459', '\x0000000000000001000000000000000200000001');
INSERT INTO ledger.dedup_block_d20668 VALUES (0, 4, 496045, 2, '\x741071687dcabbe2a098c9dd5746e31a0e9a78fc78069322', '\x0000000000000001000000000000000300000001');


--
-- Data for Name: dedup_block_d20697; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.dedup_block_d20697 VALUES (0, 4, 496728, 2, '\x960cdd50b855ae32a4abd92bf52ee47b14d309507ca4f2f6', '\x0000000000000001000000000000000400000001');
INSERT INTO ledger.dedup_block_d20697 VALUES (0, 4, 496729, 2, '\xdaa3045d36eaec5777030ac3a64978aa253de9a8de657d4a', '\x0000000000000001000000000000000500000001');
INSERT INTO ledger.dedup_block_d20697 VALUES (0, 4, 496730, 2, '\x33e695cdd2d79fe010a76c8c4fc681b184fcfed4ab54ffaa', '\x0000000000000001000000000000000600000001');
INSERT INTO ledger.dedup_block_d20697 VALUES (0, 32, 496738, 1, '\x38cc8abea30b06ade87ef1a8f87bb6ea6ab5f6f8e39a887e', '\x0000000000000002000000000000000000000001');
INSERT INTO ledger.dedup_block_d20697 VALUES (0, 32, 496739, 1, '\x0bed0d12460fb71868d08f0dd0c026ad0dc149a57059305a', '\x0000000000000002000000000000000200000001');


--
-- Data for Name: disposition; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.disposition VALUES (0, '\x49a174c228621c73df135741fcd7ed49c0d86477a371e8340afc35200b6af9eb', 0, 1, 1134, 'written_off', 'a test', '\x8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f', '2026-11-21 17:13:52.690983+00');


--
-- Data for Name: document; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.document VALUES (0, 'DE-2026', 1, 'DE-2026-000001', 15, 1, 'invoice', 14, '2026-08-01 00:00:00+00', '2026-09-01 00:00:00+00', '2026-11-11', 'EUR', 2, 357, '\xe6bb998cf78cad3deb6976318ca32af9821757bc3fd004960df0acf1bbec1088');
INSERT INTO ledger.document VALUES (0, 'DE-2026', 2, 'DE-2026-000002', 27, 1, 'invoice', 26, '2026-09-01 00:00:00+00', '2026-10-01 00:00:00+00', '2026-11-11', 'EUR', 2, 476, '\xfd0dffbc61e0628dda5c3efb11da0a8d1689378b59bb337470b1c3398b6d6392');


--
-- Data for Name: entry; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.entry VALUES (0, 0, 13, 1, 0, 2, 0, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x5605009a72bee7e3f08be88110b6b73854525b64b7ced6171733e668df7df95a', 1, '\x6e96132b8baef38a9d6e1fcc0e5c8330f777a83c7d0e6caa57855ec510785b1b', '\x57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4', '\xc25d16239fe2a8ab598e61f485861b2af8fab68dc612491fc5c7d87e33bd3ec1', '\x7ef1968c8f9c65260fa6a5a82ff760aab22a6a769e12f2c5156dfadf4323adc50fddf60432a11efb6498cd23af7b80c5095bdc80db1c1a902d93bc9aa0ceee00', '\x57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4', '2026-11-21 17:13:51.447839+00');
INSERT INTO ledger.entry VALUES (0, 1, 12, 1, 0, 2, 1, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x7e1388bfb004169435dbaf2d35647269213de84771492fcc56c6cdf123b60140', 1, '\x461b29c19a2defc91ae2d1816effa7ee48ede06482ddee4d51b38c4994a4b77c', '\x57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4', '\x80777083510ca5980273fe05583ec7a0de3e99492e528e5aedf0b945af5fc0a6', '\xd8fc85fa4947fbb387be2e92bad935b9fff1ab77ba3883c7a7820709a78fa3062b724ca0545151d64ceef69bc84b77294a62d93ea47e897a3671a9f8ec351e0e', '\x57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4', '2026-11-21 17:13:51.447839+00');
INSERT INTO ledger.entry VALUES (0, 2, 12, 1, 0, 2, 2, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\xb226a055b40ae3da647522e927935d207e30df802b8d877702d743f4fd9b34e2', 1, '\xfeadb3d2b6d395997cd288dddf6c40c50af12138cb8739eb4b61723b3c46e5fd', '\x57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4', '\xa11de36b0dcceba7e96bea64f462d63d8ce8112a27b4c4426b8fa9edcfcaa563', '\x5139d3d8e81380ed124a40bc23a9226ca938fbe25f0c0ae6a42979b1c3981b44ad4505808896d113ec1046865d43dee369cbabdd7064a24cb8d8b3a97cf9ef0d', '\x57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4', '2026-11-21 17:13:51.447839+00');
INSERT INTO ledger.entry VALUES (0, 3, 12, 1, 0, 2, 3, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x77f855c69922f57c0db0d4d74947fb672a7b70e9b2184881a9ecc57e4359a82f', 1, '\x83eb8361fa6bd731b60c75ae8cfedf2e9f6906baf01a60adc4d3cb297436d9f7', '\x57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4', '\x590f3701e911000eca14eb86b9091b5acf5baad2a081869931f4db4b7e5dcc10', '\x312fc2e5ebff2950d83759befac0b44d567ffc6766be7a24a028488e0d5c26dc6dbcd83935f4fb6c1299942e03a0b853eff791e13079c31684fa013b08db1908', '\x57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4', '2026-11-21 17:13:51.447839+00');
INSERT INTO ledger.entry VALUES (0, 4, 12, 1, 0, 2, 4, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\xdb0a7243424860ebf0f6acc5b772cb009ad6b99da4f3c93f7d0f992a23c328b7', 1, '\xbec786cf6831b6ff554c4e2fa05e22c0916a45f86687766786643c1accaca7ea', '\x57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4', '\x8c366d31d521eaebca58434394d5c665b6c05a9839825a5fd458b37fb08f703a', '\x124cc2215e57d43c67be9105511edece61927a542d0a2275da00dddce6740ce4f730fbff4098c6ef5f6ee2380f43e835dae164059dc886df21e8fbb57ad00f06', '\x57997fc0316b1db1d0e6c95ae8616a1513e2ffa27eb30131ba2eb513f3736ed4', '2026-11-21 17:13:51.447839+00');
INSERT INTO ledger.entry VALUES (0, 5, 8, 1, 0, 2, 5, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\xd2e79529ba2c46b2b8496511585b5ed5f3eeba66465b92ce45a2c72344c13bab', 1, '\x65b4ebafa5ae23ff191d48784420b7c7168414216d978fa7ce4b32d0d1e3a36c', '\x8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f', '\xdeb65b19ceead112e8e12f72d8917b1186636c199c9c9ec0aa4228ea1c4e3270', '\x5600abbf04c83af297cd2efd23e26c289cec707d96e34f05a986a0b7857c9d79867588aba3a97edd7fd8420ed08c4dcb5f1094d0cfbca0176a6faed0b654430d', '\x6f47bb1e47b13fa8c2c12720c9642741dc6ca0812aa7820580dc9acdb8bc1b39', '2026-11-21 17:13:51.543464+00');
INSERT INTO ledger.entry VALUES (0, 6, 8, 1, 0, 2, 6, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x060e48d2728b55f7478d5864414ed6876287769a617cece1abef36f48f3f1f32', 1, '\x6b2a765940f901555c8604698e77f1686cf6d91b9b775012c4bac17fb2a44c36', '\x8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f', '\xb3e8c72bcfdea520945e4307f2958b69e437baeb2916c0e536ce0339f98098c0', '\x7b5d88be7fa094fec3b125d16587ae8177d59c4ff78dd7de6f62adb967b1715e22f0c143b0c78a45a1d4947a2bfcfc53214c1a7584c4f319569d0a513a6b120b', '\x6f47bb1e47b13fa8c2c12720c9642741dc6ca0812aa7820580dc9acdb8bc1b39', '2026-11-21 17:13:51.585718+00');
INSERT INTO ledger.entry VALUES (0, 7, 7, 1, 0, 2, 7, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\xc1ce1141169e981c4e3d0482c8899eee82cbb2f211ae67b198bd2e20887bba33', 1, '\x2496d3bfb83d623dd951e050acd953fcf6df5201c26ed9d506c9506ec1a735ca', '\x8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f', '\x4f62b243cbed80bc7823ccd2fe9d26d1feccf2bc7ac7a7f422064edcc2157036', '\x19ef6a8121b3cef8328d7b54afd78da44202e25e73ba26959cb78d23f540996b51cb5dffdd53c2f28c3ca7edab182dbe0a2a7efec2a7b7ec1fc5c99745cccc06', '\x6f47bb1e47b13fa8c2c12720c9642741dc6ca0812aa7820580dc9acdb8bc1b39', '2026-11-21 17:13:51.632479+00');
INSERT INTO ledger.entry VALUES (0, 8, 9, 1, 0, 2, 8, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x874307f6e50a37654a87b923a1d36a47d6053e715f73df48b1349798ee5c47c0', 1, '\x35f62c3188c872edfa0d49d91b2f570353503d924d75d78091a6235da74b8377', '\x8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f', '\xd38a879802586d7e9878ed80f48c07580e788620c9f2c9564fd1d640b8f4bd07', '\xc4d8433f80ef9ace0760b55e7f3d314d2263d9bf117806e988d01922d31aff5bbc23db7d407cb2d1b975777868f870b4472f9e0ed5ba09d7b1f6aa8d3a1c4f03', '\x6f47bb1e47b13fa8c2c12720c9642741dc6ca0812aa7820580dc9acdb8bc1b39', '2026-11-21 17:13:51.67651+00');
INSERT INTO ledger.entry VALUES (0, 9, 10, 1, 1, 1, 0, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x097459ec09501fdd2c35be62c370f38ea575b0fadf8fd82ab1ddcd426b2c95a9', 1, '\x1c954d1836d9db016175cacf6d60b32605526b6c677d1701ac8f7cba4601d3aa', '\x8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f', '\x02e94993656a6f1af12a7c473b3fd605ea60d2c8a6c6c2209ffb06d7d7c7035b', '\xc6adf56b61dd558707d7a57f24834e658ab7263a4f4b03489efc94ebce95e1b59011e37d098eb868078cb19bbb709e5e6e2cde838fcff2b88873491d87ad2604', '\x6f47bb1e47b13fa8c2c12720c9642741dc6ca0812aa7820580dc9acdb8bc1b39', '2026-11-21 17:13:51.708392+00');
INSERT INTO ledger.entry VALUES (0, 10, 1, 1, 1, 0, 0, '\x2688977bad2e79fba2b7b0fb52be68c0', '\x629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c', '2026-08-03 10:00:00+00', 3600, 3600000000, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\xa0412e807778fcdb5edb0aae9841c8a9e491e52cd5f00766e9a7c496e51dee99', '\xd749f639d77f9c31bad5e1b43982dc7ebd49798bc618264e5ec8e73e47f687519201306465ae8ed4f640854a4bb085850c8dd3a3ae9f9fadb40eb992d10f810a', '\x361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d', '2026-11-21 17:13:51.778707+00');
INSERT INTO ledger.entry VALUES (0, 11, 1, 1, 1, 0, 1, '\x2688977bad2e79fba2b7b0fb52be68c0', '\x629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c', '2026-08-03 11:00:00+00', 3600, 3600000000, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x5cea788de6c88ee4b157eddfe1a0490b25f97325262c87fce561a1845f114254', '\x7c3c043e49262ced11e6ee91b1c07592c3ed4da2193edaf63006eaf6fe1e843c5ed9c0c1743fd8d6aeb4577313c7cbcaef6f2057a7973cf14c388cb2c72c3b0e', '\x361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d', '2026-11-21 17:13:51.778707+00');
INSERT INTO ledger.entry VALUES (0, 12, 1, 1, 1, 0, 2, '\x2688977bad2e79fba2b7b0fb52be68c0', '\x629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c', '2026-08-03 12:00:00+00', 3600, 3600000000, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x07029d1dd62b605bbbb401a957b8ad2f827e577856c3519bcb3ac50dba630e82', '\xc78bb302c47d428a2ed10c44b107f633e9e2648f67731b3244da129c790afc55c885f83c4e2aa52ec0cf4848633b7242d4d682fb4f73554584f867be9fb5d309', '\x361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d', '2026-11-21 17:13:51.778707+00');
INSERT INTO ledger.entry VALUES (0, 13, 6, 1, 0, 16, 0, '\x2688977bad2e79fba2b7b0fb52be68c0', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x326d9d60cd629fbab5f71056e06f24d96a26e1e1d74b25deb30c0cbf1b3fa50d', '\xe60a1ddbfb5cab59c8ecb0bbfbee3810669dc8db2d274e44a8dbb0b739f56c41832044154c3b2f2263c961178ffb4ac96c090d9f5d086918873ae22ed27aa001', '\x361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d', '2026-11-21 17:13:51.778707+00');
INSERT INTO ledger.entry VALUES (0, 14, 11, 1, 1, 1, 1, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x27df51d97ebdb0791ba362479397afb46103c1c55c110b7c0bc66c79065b95c9', 1, '\x6d0e90bf42ffe9ed7b945879c07305151ce205a44594a89edf3901ec54007145', '\x8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f', '\x70c7cd58d01183676cb58ee535eb2742641439d0e5369172b23c4e5068c76a22', '\x76b3f34da8508ee8e3a5aec279e1246d8608b337349cae261fe1eec95735abaae9348fdcaa115d45b2fc670c8610da56ec8136764d7191ba018a8353aea42e04', '\x485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7', '2026-11-21 17:13:51.935699+00');
INSERT INTO ledger.entry VALUES (0, 15, 5, 1, 1, 1, 2, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x15b8ac0d2706b9b007fd76d3c3e8396dafbdf6581413cf932b1e379805fdb923', 1, '\xe6bb998cf78cad3deb6976318ca32af9821757bc3fd004960df0acf1bbec1088', '\x8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f', '\xffc983aaf08e88a679697aac4a24112bbefc7c839df151d719b60c7f43cccbb6', '\x4ad85b7b27d067825c2a98eef48e67cce5b3df0acfbef9e0e32d9eb7fd855f579212057dbaffcc0c07e48c46881c1c9ddc940378b40710677a7c5af54dee1502', '\x485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7', '2026-11-21 17:13:52.081809+00');
INSERT INTO ledger.entry VALUES (0, 16, 4, 1, 1, 1, 3, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x4bec075494af1bf9d0ade7e18e3d4211984f88aa4c13e8cfa09e73c4034471aa', '\xca7ebbfc759669d4039fa04deffec297cfc3feaaf43528eb7c457b2e40f587bc', 357, 'EUR', 2, 1, '\xe6bb998cf78cad3deb6976318ca32af9821757bc3fd004960df0acf1bbec1088', NULL, NULL, NULL, NULL, '\xa73fd907077297fa7eafa04944d9aa121bd47ab46ebea8b2c14eca043f29a814', '\x725c647ee8873dd4c5929db88c523f5d075e3bf5c9b081195b4ffea310241f118df95317cd9952e4047a509b04c56b3fbd6a47fe4ec8a9a1ace4c3eba25be70a', '\x485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7', '2026-11-21 17:13:52.081809+00');
INSERT INTO ledger.entry VALUES (0, 17, 1, 1, 1, 0, 3, '\x64d7061b7eb0dfc4b9fc526438c24002', '\x629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c', '2026-08-03 13:00:00+00', 3600, 3600000000, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x42c74437e09c29c7e73faa000cc183650a7fb82c884772bee879b025b3582830', '\x6e3d32d8871cc2a0459073879de1751dc002640becfbf8464fd3730f6e681f4354c0c571543e627c6d4426d75d7d00e3c11ae563449039bdc11a72fb6cf27405', '\x361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d', '2026-11-21 17:13:52.237262+00');
INSERT INTO ledger.entry VALUES (0, 18, 1, 1, 1, 0, 4, '\x64d7061b7eb0dfc4b9fc526438c24002', '\x629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c', '2026-09-01 00:00:00+00', 3600, 3600000000, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x52835b8d8fe9cc4edcf7e7ddacefc7ecb7be3955521dfc2d76ee6682260fba34', '\xaaccd175c8fa49a6c28f366324f093b132e77d211c09cbcfa61090381e5eccfb8176924d74700372f173dcdc0603f150ead4368e68fe401278f33ea75a5ab20b', '\x361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d', '2026-11-21 17:13:52.237262+00');
INSERT INTO ledger.entry VALUES (0, 19, 1, 1, 1, 0, 5, '\x64d7061b7eb0dfc4b9fc526438c24002', '\x629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c', '2026-09-01 01:00:00+00', 3600, 3600000000, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\xe2b25cfb802b031a64c338ff53fcd9c25497dfc6973b48ebe507efcb6dc74779', '\xcee9142edd9c9c34fd2f9884da73bddc4af69b306e35e41794b8e108d229f4b19aa8805f2e6fd75a6529b073fb942c633af5403cff44a874085d64f0f8db700a', '\x361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d', '2026-11-21 17:13:52.237262+00');
INSERT INTO ledger.entry VALUES (0, 20, 1, 1, 1, 0, 6, '\x64d7061b7eb0dfc4b9fc526438c24002', '\x629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c', '2026-09-01 02:00:00+00', 3600, 3600000000, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x93e3938fd5f943b9c1d06f8cbb553f716b8003acd9aa3ea803da8ec228034867', '\xca074b851596f993f8193ad8a0e0322058a71d09e3ea2f8852b9e49500526649a693fab81f14d151048efda42c4b2c142e7275e1279823eec68c1dc7d605d803', '\x361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d', '2026-11-21 17:13:52.237262+00');
INSERT INTO ledger.entry VALUES (0, 21, 1, 1, 2, 0, 0, '\x64d7061b7eb0dfc4b9fc526438c24002', '\x629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c', '2026-09-01 10:00:00+00', 1800, 1800000000, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\xdbad2352296bccd81ba70f042890d600875347a1fc43df50e3952cd6c001ad6e', '\xd3d4d344cdaef139ed016bf25ebe6574bda2e45d19cf633aa8a410ed67bb8b0fd3058164fef7d47d4584cb3f8ef4b8ff7df3655562003145204699a95be9f200', '\x361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d', '2026-11-21 17:13:52.237262+00');
INSERT INTO ledger.entry VALUES (0, 22, 1, 1, 2, 0, 1, '\x64d7061b7eb0dfc4b9fc526438c24002', '\x629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c', '2026-09-01 10:30:00+00', 1800, 1800000000, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x2fbf632ccc381e6064562be89e2681f742caf56532e15c346d943006ee11195d', '\x99e13d97fb8ce03b5cf498c8e71c4f95611f58e8ae462994cd41df2cba02e620d602216a6a08001e5766281fe639c225e4066d6820c78d9ec3492cdec4aa6906', '\x361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d', '2026-11-21 17:13:52.237262+00');
INSERT INTO ledger.entry VALUES (0, 23, 1, 1, 2, 0, 2, '\x64d7061b7eb0dfc4b9fc526438c24002', '\x629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c', '2026-09-01 11:00:00+00', 1800, 1800000000, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x93f3c6d2e5d9b1c43d47eebf427441337c3e9822391c9c4069865223fbfc8f96', '\x058dce2bdc745ac880f9d069b61e3125dce06f59e4f8bf2fd5dab260add9078f5c3f9fe50e71ba87905d35256ba3afae295779f995aff2373ac7b75a411f1606', '\x361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d', '2026-11-21 17:13:52.237262+00');
INSERT INTO ledger.entry VALUES (0, 24, 1, 1, 2, 0, 3, '\x64d7061b7eb0dfc4b9fc526438c24002', '\x629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c', '2026-09-01 11:30:00+00', 1800, 1800000000, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\xcadf519dc1463f7d28c9672670ddd877335e6be1ec589f72ba749c9c99952d78', '\xac6ea35afb38c44e5154199234ec24aea149c58393427e913b3b012df5622e1e83767d5742438affe5372d7f09583e8795475aaba371f306ea093fc29aa81907', '\x361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d', '2026-11-21 17:13:52.237262+00');
INSERT INTO ledger.entry VALUES (0, 25, 6, 1, 0, 17, 0, '\x64d7061b7eb0dfc4b9fc526438c24002', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\xf29527e308ee7ca490eb373d25975daa5869a0b8cd493791d3005e5851bc473a', '\xee085802e74f8b8e88352e2531b88a2e2d349fdc5479a4a91c122bbca3f87bb796df4bbbda0666b236214b11c3a52b94ff88ba2e81fee69f711fa0af66746c09', '\x361def4acd2af5757f552fb054eee31d6dcadd528c89861055273f23e80c483d', '2026-11-21 17:13:52.237262+00');
INSERT INTO ledger.entry VALUES (0, 26, 11, 1, 1, 1, 4, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x824a2158476fcfe411c07534b50023eb4bba9197b029839d0d01308bb182b4a4', 1, '\xfa051d8a0e4fcdd61c377da69fd968fcb5890e9efd3fad6f48e81faf89dd90fd', '\x8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f', '\x09446d6bd21fe2b002af205419955140bb55700fd4dbad58d4f90c8b725b4f89', '\x357d451542b08fed93e8ebf880466d092c96ec13c44df299d65190861f2452d411c23ce37ad4a544a7a8c961cb732bb689e9a82d0e0188f58f1bede4ed9e820b', '\x485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7', '2026-11-21 17:13:52.398205+00');
INSERT INTO ledger.entry VALUES (0, 27, 5, 1, 1, 1, 5, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x628f1cee62225f140b901b1b24944fe47736bc8282b714fc66f2fb596027cdb2', 1, '\xfd0dffbc61e0628dda5c3efb11da0a8d1689378b59bb337470b1c3398b6d6392', '\x8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f', '\x595d24f50862c1a68696062c6003b331cabb2ac08affe4abf4ed5667bbf13abb', '\xd2dd29b46a61313c3aa41baf7e6c42eca3d554fdb1c16bab481802a384c62badf239754eabd2598931aa61b8257ce82ec3882971e7f1ce4b634bbdc447b3cc00', '\x485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7', '2026-11-21 17:13:52.51903+00');
INSERT INTO ledger.entry VALUES (0, 28, 4, 1, 1, 1, 6, '\x00000000000000000000000000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x4bec075494af1bf9d0ade7e18e3d4211984f88aa4c13e8cfa09e73c4034471aa', '\xca7ebbfc759669d4039fa04deffec297cfc3feaaf43528eb7c457b2e40f587bc', 476, 'EUR', 2, 1, '\xfd0dffbc61e0628dda5c3efb11da0a8d1689378b59bb337470b1c3398b6d6392', NULL, NULL, NULL, NULL, '\x15d12421cb3c4c884c7ada82bb4db03771b3112eb06e0bee690b3903c7718d06', '\x18a02ad73e097fca00b88aa50ff9913902a4c5c0f4af150e7973ecb78ca095b420e7fbe00aca05fa4b63f5091990cb65c8274cee4b130b0d4f08dfd54d806f0b', '\x485a1b6261cca4259d28dfbd4be139e1acbbe719fe12b15472a3ac573bb062b7', '2026-11-21 17:13:52.51903+00');


--
-- Data for Name: head; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.head VALUES (0, 29, 26, 4, 9, 3, 18);


--
-- Data for Name: log; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.log VALUES (0, 'daybook.test/ledger_v1', '\x7bac0afdf83cef10469260065e77b5af');


--
-- Data for Name: money_head; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.money_head VALUES (0, 1, 7);


--
-- Data for Name: number_head; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.number_head VALUES (0, 'DE-2026', 3);


--
-- Data for Name: progress; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--



--
-- Data for Name: quarantine; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.quarantine VALUES (0, '\x49a174c228621c73df135741fcd7ed49c0d86477a371e8340afc35200b6af9eb', 0, 1, 1134, '\x2688977bad2e79fba2b7b0fb52be68c0', 'unknown_tenant', 'there is no tenant ''nobody''', '2026-11-10 00:00:00+00', 0, 'nobody', '/cluster/fra1', 'e-4', 201, NULL, NULL, '\x7b227370656376657273696f6e223a2022312e30222c20226964223a2022652d34222c2022736f75726365223a20222f636c75737465722f66726131222c202274797065223a20226770752e736c6963652e7631222c20227375626a656374223a20226e6f626f6479222c202274696d65223a2022323032362d30382d30345430303a30303a30305a222c202264617461636f6e74656e7474797065223a20226170706c69636174696f6e2f6a736f6e222c202264617461223a207b226e756d626572223a20317d7d');


--
-- Data for Name: receipt; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.receipt VALUES (0, '\x49a174c228621c73df135741fcd7ed49c0d86477a371e8340afc35200b6af9eb', 0, 1, 0, 1336, NULL, 0, 13, 4, 0, 1134, '\x9dc7e59775e2cb6dd5111a3434f507597d0efde8b6ec93c17c5533828395f622', '\xbb5edfc4f3091e8ea508231ac57779c22944faf0622cc84a62a70885a3aedad2', 3, 0, 1, 0, 9, '2026-11-10 00:00:00+00', false);
INSERT INTO ledger.receipt VALUES (0, '\x9a4b367b17c0269b86992e8fdb786e792bf5544c3a209a68903fafb52101de38', 0, 1, 0, 2269, NULL, 0, 25, 6, 0, 1890, '\xa447270de481c1e8147ed6a469a5f8c3a91bf23f66703d6845c3384d7480047a', '\xf7b1420fcf4da2835dd5f04645a0920308b63865db4c7335f4094ad8abf18fba', 6, 0, 0, 0, 14, '2026-11-10 00:00:00+00', false);


--
-- Data for Name: review; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.review VALUES (0, 1, 14, 1, '2026-11-11', '\xfe5cd5a003bbf8353495aca51d183be20ff8c999869215d7319bc5de79099a39', '\x8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f', '2026-11-21 17:13:52.003504+00');
INSERT INTO ledger.review VALUES (0, 1, 26, 1, '2026-11-11', '\xddf528c3303f3b1dc6cc07a5d509488635db975182f1057ce9ac6400ef7fb561', '\x8828eb448cab8baa9897de83e1a3dda8f207abb38cafce3f96ef027dfabbfd2f', '2026-11-21 17:13:52.465298+00');


--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.schema_version VALUES (1, '0001_tables.sql', '\xf0f5b4aec75df0af1c13f9662e91cc09db2525362bcfe97c2c10ca6ce05a4353', '2026-11-21 17:13:50.880567+00');
INSERT INTO ledger.schema_version VALUES (2, '0002_foreign_keys.sql', '\x5f93cbe39d18b52e031beb855cb486ddc115d125933139eb5d0cb7058e74ab02', '2026-11-21 17:13:51.177403+00');
INSERT INTO ledger.schema_version VALUES (3, '0003_triggers.sql', '\x49f3e0088c3da84c3ba3acb833d4caf36790ec855346f10cccb5b97a40a2093b', '2026-11-21 17:13:51.188128+00');
INSERT INTO ledger.schema_version VALUES (4, '0004_policies.sql', '\xb8f3c013d399b0424d77af9c4a474d60c20a4f21082028ed8bdbc52c71010410', '2026-11-21 17:13:51.22553+00');
INSERT INTO ledger.schema_version VALUES (5, '0005_functions.sql', '\xfd5c10115a72f437dd18a684c9e94254933fe01b0d342211fdd9043d97005c36', '2026-11-21 17:13:51.261878+00');
INSERT INTO ledger.schema_version VALUES (6, '0006_grants.sql', '\x1caef75fbd18b52152d5205f65b6fb52c4c41c3ad8e63cdda848e85da5740001', '2026-11-21 17:13:51.265442+00');
INSERT INTO ledger.schema_version VALUES (7, '0007_comments.sql', '\xa1466316cdedc210df3f0082270f021471233663edbb147b4b7f863f19effecd', '2026-11-21 17:13:51.277439+00');
INSERT INTO ledger.schema_version VALUES (8, '0008_cosignatures.sql', '\xb338d9618e8fcb59186389a68620adbba9ef56d6287254412eb4ea7ccc9ba99f', '2026-11-21 17:13:51.294472+00');


--
-- Data for Name: series; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.series VALUES (0, 1, '\x629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c', 4, 1, '\x0100086770755f74696d650006754750552e7300000006010007000a616c6c6f636174696f6e0003612d3100096770755f6d696c6c6900043130303000066d61726b657400096f6e5f64656d616e64000770726f6a6563740005747261696e0006726567696f6e000265750003736b7500046831303000047a6f6e65000465752d61');
INSERT INTO ledger.series VALUES (0, 2, '\x629f66b4f69b507fe6b95a842388c5c72d7bdfb0d4cdd6b6b6a29818e9caf52c', 32, 1, '\x0100086770755f74696d650006754750552e7300000006010007000a616c6c6f636174696f6e0003612d3100096770755f6d696c6c6900043130303000066d61726b657400096f6e5f64656d616e64000770726f6a6563740005747261696e0006726567696f6e000265750003736b7500046831303000047a6f6e65000465752d61');


--
-- Data for Name: slot; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.slot VALUES (0, 0, 0);
INSERT INTO ledger.slot VALUES (0, 1, 0);
INSERT INTO ledger.slot VALUES (0, 2, 0);
INSERT INTO ledger.slot VALUES (0, 3, 0);
INSERT INTO ledger.slot VALUES (0, 5, 0);
INSERT INTO ledger.slot VALUES (0, 6, 0);
INSERT INTO ledger.slot VALUES (0, 7, 0);
INSERT INTO ledger.slot VALUES (0, 8, 0);
INSERT INTO ledger.slot VALUES (0, 9, 0);
INSERT INTO ledger.slot VALUES (0, 10, 0);
INSERT INTO ledger.slot VALUES (0, 11, 0);
INSERT INTO ledger.slot VALUES (0, 12, 0);
INSERT INTO ledger.slot VALUES (0, 13, 0);
INSERT INTO ledger.slot VALUES (0, 14, 0);
INSERT INTO ledger.slot VALUES (0, 15, 0);
INSERT INTO ledger.slot VALUES (0, 16, 0);
INSERT INTO ledger.slot VALUES (0, 17, 0);
INSERT INTO ledger.slot VALUES (0, 18, 0);
INSERT INTO ledger.slot VALUES (0, 19, 0);
INSERT INTO ledger.slot VALUES (0, 20, 0);
INSERT INTO ledger.slot VALUES (0, 21, 0);
INSERT INTO ledger.slot VALUES (0, 22, 0);
INSERT INTO ledger.slot VALUES (0, 23, 0);
INSERT INTO ledger.slot VALUES (0, 24, 0);
INSERT INTO ledger.slot VALUES (0, 25, 0);
INSERT INTO ledger.slot VALUES (0, 26, 0);
INSERT INTO ledger.slot VALUES (0, 27, 0);
INSERT INTO ledger.slot VALUES (0, 28, 0);
INSERT INTO ledger.slot VALUES (0, 29, 0);
INSERT INTO ledger.slot VALUES (0, 30, 0);
INSERT INTO ledger.slot VALUES (0, 31, 0);
INSERT INTO ledger.slot VALUES (0, 33, 0);
INSERT INTO ledger.slot VALUES (0, 34, 0);
INSERT INTO ledger.slot VALUES (0, 35, 0);
INSERT INTO ledger.slot VALUES (0, 36, 0);
INSERT INTO ledger.slot VALUES (0, 37, 0);
INSERT INTO ledger.slot VALUES (0, 38, 0);
INSERT INTO ledger.slot VALUES (0, 39, 0);
INSERT INTO ledger.slot VALUES (0, 40, 0);
INSERT INTO ledger.slot VALUES (0, 41, 0);
INSERT INTO ledger.slot VALUES (0, 42, 0);
INSERT INTO ledger.slot VALUES (0, 43, 0);
INSERT INTO ledger.slot VALUES (0, 44, 0);
INSERT INTO ledger.slot VALUES (0, 45, 0);
INSERT INTO ledger.slot VALUES (0, 46, 0);
INSERT INTO ledger.slot VALUES (0, 47, 0);
INSERT INTO ledger.slot VALUES (0, 48, 0);
INSERT INTO ledger.slot VALUES (0, 49, 0);
INSERT INTO ledger.slot VALUES (0, 50, 0);
INSERT INTO ledger.slot VALUES (0, 51, 0);
INSERT INTO ledger.slot VALUES (0, 52, 0);
INSERT INTO ledger.slot VALUES (0, 53, 0);
INSERT INTO ledger.slot VALUES (0, 54, 0);
INSERT INTO ledger.slot VALUES (0, 55, 0);
INSERT INTO ledger.slot VALUES (0, 56, 0);
INSERT INTO ledger.slot VALUES (0, 57, 0);
INSERT INTO ledger.slot VALUES (0, 58, 0);
INSERT INTO ledger.slot VALUES (0, 59, 0);
INSERT INTO ledger.slot VALUES (0, 60, 0);
INSERT INTO ledger.slot VALUES (0, 61, 0);
INSERT INTO ledger.slot VALUES (0, 62, 0);
INSERT INTO ledger.slot VALUES (0, 63, 0);
INSERT INTO ledger.slot VALUES (0, 4, 2);
INSERT INTO ledger.slot VALUES (0, 32, 1);


--
-- Data for Name: slot_step; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.slot_step VALUES (0, 4, 1, NULL, '\x2688977bad2e79fba2b7b0fb52be68c0', 9, '{496042,496043,496044}', '{1}', '{2}', NULL);
INSERT INTO ledger.slot_step VALUES (0, 4, 2, 1, '\x64d7061b7eb0dfc4b9fc526438c24002', 14, '{496045,496728,496729,496730}', '{1}', '{6}', NULL);
INSERT INTO ledger.slot_step VALUES (0, 32, 1, NULL, '\x64d7061b7eb0dfc4b9fc526438c24002', 14, '{496738,496739}', '{2}', '{3}', NULL);


--
-- Data for Name: tenant; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.tenant VALUES (0, 1, 'acme', 4, 3600, 'acme', 'UTC');
INSERT INTO ledger.tenant VALUES (0, 2, 'beta', 32, 1800, 'beta', 'Asia/Kolkata');


--
-- Data for Name: tile; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.tile VALUES (0, 0, 0, 5, '\xdc724f3e83b3d68bce57c871af79a5911b77ea1549ec237cc97d4478c7aace0a6f3686946afee789fb776b17120268a24d502696290a1998f3389cfa69a5817dba6337c8529df16e316f2ada19f2571df6bef9e3f3030d528f21d9e6a1974473cb671b8724df4af2770aff22263399cebe7f16bd8311506077e7f079090bf0ab3af900caa0f1ebf68e9cda1108e1fb4e8dafcd26d8e1668a236375c8a50c9621');
INSERT INTO ledger.tile VALUES (0, 0, 0, 14, '\xdc724f3e83b3d68bce57c871af79a5911b77ea1549ec237cc97d4478c7aace0a6f3686946afee789fb776b17120268a24d502696290a1998f3389cfa69a5817dba6337c8529df16e316f2ada19f2571df6bef9e3f3030d528f21d9e6a1974473cb671b8724df4af2770aff22263399cebe7f16bd8311506077e7f079090bf0ab3af900caa0f1ebf68e9cda1108e1fb4e8dafcd26d8e1668a236375c8a50c962152facdddae7e40e5b3e9cefd937a3f809658aff6f8b462f83e2bee98e3fd9eb30e836d8963bdfefb52764b2ae3be85441da7895d92c15611a2fbff5648016f930a9b809b5af207177779f6cdc6cd7b2271cd0c0f130d35460d6ab869de730abc9fa291d82ca44a758690ba64886b8d45ef85b410f7b4e29ffe7a01511acd04fecfb7fcdc0cc3ff25dcce5108bc0b72dfe4fe30e5ec28ac5650da8f80c8dae5c65f3cd15209988db3a5199a05afd352e10469ee9c00a193a9456c32c53537cc8d29008b8e4bcc53c73645c1b4cabe4cdc9eecc6949a7168101715ceb69067770f213005ba143c01d06e0cd152085657024e206227fafc3d462728f61fd647f6697e91fdca89b08657544a15b81336cce679374d7a1037f45084ee8eafa225bc85');
INSERT INTO ledger.tile VALUES (0, 0, 0, 26, '\xdc724f3e83b3d68bce57c871af79a5911b77ea1549ec237cc97d4478c7aace0a6f3686946afee789fb776b17120268a24d502696290a1998f3389cfa69a5817dba6337c8529df16e316f2ada19f2571df6bef9e3f3030d528f21d9e6a1974473cb671b8724df4af2770aff22263399cebe7f16bd8311506077e7f079090bf0ab3af900caa0f1ebf68e9cda1108e1fb4e8dafcd26d8e1668a236375c8a50c962152facdddae7e40e5b3e9cefd937a3f809658aff6f8b462f83e2bee98e3fd9eb30e836d8963bdfefb52764b2ae3be85441da7895d92c15611a2fbff5648016f930a9b809b5af207177779f6cdc6cd7b2271cd0c0f130d35460d6ab869de730abc9fa291d82ca44a758690ba64886b8d45ef85b410f7b4e29ffe7a01511acd04fecfb7fcdc0cc3ff25dcce5108bc0b72dfe4fe30e5ec28ac5650da8f80c8dae5c65f3cd15209988db3a5199a05afd352e10469ee9c00a193a9456c32c53537cc8d29008b8e4bcc53c73645c1b4cabe4cdc9eecc6949a7168101715ceb69067770f213005ba143c01d06e0cd152085657024e206227fafc3d462728f61fd647f6697e91fdca89b08657544a15b81336cce679374d7a1037f45084ee8eafa225bc85ba8dd5c0b6823bf47e44b92c12551210fa5d6c150b38c3ce7073c221bdc57f500d380a0e6576ebfda54d3c52840691f579d218465de06bfdfc826bcd3170907bb81ec452197e23d86eea792a386f3c28534a43ad47f234521cf811fd6a31863ff9a3ddc7a3515d33f47335ee29e88ea34e89c4806d36ebedfa5e93dc6f494de5f9a0b958579fb71ac7e53525e01e55e71f3d16912190f8df74d6cd5e5c54674d01a63df4debe8e0dfb882ce011971a7a03a6ef26fb1b4da6c8ba37f559bb652466fdff1c267169d2ae780d5818827622830407a9197684a94e29e65b83621f0baf3e18b6f645d93a8d6fc1854fb2006074709c414bbd92f5d30736c8d69467a748a089224db248395f1bfda913533aa81320559f31ca8deaf763b57e82ee74ee0b85c92b2939ce6367c9f79efd50c74481df32fcedfdd161f1d6db7e6ea8ed31cf652d1c9a6e74f10e4131f268af5ba4b8268df0f3667513485503c3eee421411adc34557a841e4bfdad11036c1309c00eaf9948917d3cb0d7c12aceea5839ab');
INSERT INTO ledger.tile VALUES (0, 0, 0, 29, '\xdc724f3e83b3d68bce57c871af79a5911b77ea1549ec237cc97d4478c7aace0a6f3686946afee789fb776b17120268a24d502696290a1998f3389cfa69a5817dba6337c8529df16e316f2ada19f2571df6bef9e3f3030d528f21d9e6a1974473cb671b8724df4af2770aff22263399cebe7f16bd8311506077e7f079090bf0ab3af900caa0f1ebf68e9cda1108e1fb4e8dafcd26d8e1668a236375c8a50c962152facdddae7e40e5b3e9cefd937a3f809658aff6f8b462f83e2bee98e3fd9eb30e836d8963bdfefb52764b2ae3be85441da7895d92c15611a2fbff5648016f930a9b809b5af207177779f6cdc6cd7b2271cd0c0f130d35460d6ab869de730abc9fa291d82ca44a758690ba64886b8d45ef85b410f7b4e29ffe7a01511acd04fecfb7fcdc0cc3ff25dcce5108bc0b72dfe4fe30e5ec28ac5650da8f80c8dae5c65f3cd15209988db3a5199a05afd352e10469ee9c00a193a9456c32c53537cc8d29008b8e4bcc53c73645c1b4cabe4cdc9eecc6949a7168101715ceb69067770f213005ba143c01d06e0cd152085657024e206227fafc3d462728f61fd647f6697e91fdca89b08657544a15b81336cce679374d7a1037f45084ee8eafa225bc85ba8dd5c0b6823bf47e44b92c12551210fa5d6c150b38c3ce7073c221bdc57f500d380a0e6576ebfda54d3c52840691f579d218465de06bfdfc826bcd3170907bb81ec452197e23d86eea792a386f3c28534a43ad47f234521cf811fd6a31863ff9a3ddc7a3515d33f47335ee29e88ea34e89c4806d36ebedfa5e93dc6f494de5f9a0b958579fb71ac7e53525e01e55e71f3d16912190f8df74d6cd5e5c54674d01a63df4debe8e0dfb882ce011971a7a03a6ef26fb1b4da6c8ba37f559bb652466fdff1c267169d2ae780d5818827622830407a9197684a94e29e65b83621f0baf3e18b6f645d93a8d6fc1854fb2006074709c414bbd92f5d30736c8d69467a748a089224db248395f1bfda913533aa81320559f31ca8deaf763b57e82ee74ee0b85c92b2939ce6367c9f79efd50c74481df32fcedfdd161f1d6db7e6ea8ed31cf652d1c9a6e74f10e4131f268af5ba4b8268df0f3667513485503c3eee421411adc34557a841e4bfdad11036c1309c00eaf9948917d3cb0d7c12aceea5839abc1c434352fa62b6c340fd65078e81e958a59bb75c362e50c73165144677ec295f3b16113f6839ead96325cdc9430da042233fca335b20ace36daee3bdc2212b9be1ebb392e7e340c075e43daa60861ebdc11dc98cd24f2791c944f8711c6e218');


--
-- Data for Name: token; Type: TABLE DATA; Schema: ledger; Owner: daybook_owner
--

INSERT INTO ledger.token VALUES (0, '0aatcmi1xs7v', '\xfc9d711086594d1f41f2fd3004235a9df989b2483178d450455529f5eeab9ae1', '{1}', '{usage:read}', 'reader', NULL, NULL);


--
-- Name: assignment assignment_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.assignment
    ADD CONSTRAINT assignment_pkey PRIMARY KEY (log, feed, partition, incarnation);


--
-- Name: assignment assignment_start; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.assignment
    ADD CONSTRAINT assignment_start UNIQUE (log, feed, partition, incarnation, start);


--
-- Name: assignment assignment_stream; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.assignment
    ADD CONSTRAINT assignment_stream UNIQUE (log, stream);


--
-- Name: bundle bundle_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.bundle
    ADD CONSTRAINT bundle_pkey PRIMARY KEY (log, idx);


--
-- Name: checkpoint checkpoint_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (log, size, signed);


--
-- Name: content content_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.content
    ADD CONSTRAINT content_pkey PRIMARY KEY (log, idx);


--
-- Name: content content_version; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.content
    ADD CONSTRAINT content_version UNIQUE (log, kind, tenant, subject_id, version);


--
-- Name: cosignature cosignature_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.cosignature
    ADD CONSTRAINT cosignature_pkey PRIMARY KEY (log, size, signer);


--
-- Name: dedup_block dedup_block_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.dedup_block
    ADD CONSTRAINT dedup_block_pkey PRIMARY KEY (log, slot, event_hour, step);


--
-- Name: dedup_block_d20668 dedup_block_d20668_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.dedup_block_d20668
    ADD CONSTRAINT dedup_block_d20668_pkey PRIMARY KEY (log, slot, event_hour, step);


--
-- Name: dedup_block_d20697 dedup_block_d20697_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.dedup_block_d20697
    ADD CONSTRAINT dedup_block_d20697_pkey PRIMARY KEY (log, slot, event_hour, step);


--
-- Name: disposition disposition_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.disposition
    ADD CONSTRAINT disposition_pkey PRIMARY KEY (log, feed, partition, incarnation, record_offset);


--
-- Name: document document_idx; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.document
    ADD CONSTRAINT document_idx UNIQUE (log, idx);


--
-- Name: document document_name; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.document
    ADD CONSTRAINT document_name UNIQUE (log, document_id);


--
-- Name: document document_period; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.document
    ADD CONSTRAINT document_period UNIQUE (log, tenant, period_idx, kind);


--
-- Name: document document_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.document
    ADD CONSTRAINT document_pkey PRIMARY KEY (log, number_series, number);


--
-- Name: entry entry_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.entry
    ADD CONSTRAINT entry_pkey PRIMARY KEY (log, idx);


--
-- Name: entry entry_stream; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.entry
    ADD CONSTRAINT entry_stream UNIQUE (log, tenant, stream, stream_seq);


--
-- Name: head head_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (log);


--
-- Name: log log_origin; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.log
    ADD CONSTRAINT log_origin UNIQUE (origin);


--
-- Name: log log_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.log
    ADD CONSTRAINT log_pkey PRIMARY KEY (log);


--
-- Name: money_head money_head_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.money_head
    ADD CONSTRAINT money_head_pkey PRIMARY KEY (log, tenant);


--
-- Name: number_head number_head_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.number_head
    ADD CONSTRAINT number_head_pkey PRIMARY KEY (log, number_series);


--
-- Name: progress progress_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.progress
    ADD CONSTRAINT progress_pkey PRIMARY KEY (log, feed, partition, incarnation);


--
-- Name: quarantine quarantine_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.quarantine
    ADD CONSTRAINT quarantine_pkey PRIMARY KEY (log, feed, partition, incarnation, record_offset);


--
-- Name: receipt receipt_idx; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.receipt
    ADD CONSTRAINT receipt_idx UNIQUE (log, idx);


--
-- Name: receipt receipt_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.receipt
    ADD CONSTRAINT receipt_pkey PRIMARY KEY (log, feed, partition, incarnation, from_offset);


--
-- Name: receipt receipt_to; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.receipt
    ADD CONSTRAINT receipt_to UNIQUE (log, feed, partition, incarnation, to_offset);


--
-- Name: review review_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.review
    ADD CONSTRAINT review_pkey PRIMARY KEY (log, tenant, period_idx, version);


--
-- Name: schema_version schema_version_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);


--
-- Name: series series_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.series
    ADD CONSTRAINT series_pkey PRIMARY KEY (log, tenant, series);


--
-- Name: slot slot_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.slot
    ADD CONSTRAINT slot_pkey PRIMARY KEY (log, slot);


--
-- Name: slot_step slot_step_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.slot_step
    ADD CONSTRAINT slot_step_pkey PRIMARY KEY (log, slot, step);


--
-- Name: tenant tenant_id; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.tenant
    ADD CONSTRAINT tenant_id UNIQUE (log, id);


--
-- Name: tenant tenant_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.tenant
    ADD CONSTRAINT tenant_pkey PRIMARY KEY (log, tenant);


--
-- Name: tile tile_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.tile
    ADD CONSTRAINT tile_pkey PRIMARY KEY (log, level, number, width);


--
-- Name: token token_pkey; Type: CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (log, token_id);


--
-- Name: content_kind; Type: INDEX; Schema: ledger; Owner: daybook_owner
--

CREATE INDEX content_kind ON ledger.content USING btree (log, kind, idx);


--
-- Name: content_tenant; Type: INDEX; Schema: ledger; Owner: daybook_owner
--

CREATE INDEX content_tenant ON ledger.content USING btree (log, tenant, kind, idx);


--
-- Name: series_slot_step; Type: INDEX; Schema: ledger; Owner: daybook_owner
--

CREATE INDEX series_slot_step ON ledger.series USING btree (log, slot, step);


--
-- Name: dedup_block_d20668_pkey; Type: INDEX ATTACH; Schema: ledger; Owner: daybook_owner
--

ALTER INDEX ledger.dedup_block_pkey ATTACH PARTITION ledger.dedup_block_d20668_pkey;


--
-- Name: dedup_block_d20697_pkey; Type: INDEX ATTACH; Schema: ledger; Owner: daybook_owner
--

ALTER INDEX ledger.dedup_block_pkey ATTACH PARTITION ledger.dedup_block_d20697_pkey;


--
-- Name: assignment assignment_append_only; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER assignment_append_only BEFORE DELETE OR UPDATE ON ledger.assignment FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.assignment ENABLE ALWAYS TRIGGER assignment_append_only;


--
-- Name: assignment assignment_no_truncate; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER assignment_no_truncate BEFORE TRUNCATE ON ledger.assignment FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.assignment ENABLE ALWAYS TRIGGER assignment_no_truncate;


--
-- Name: bundle bundle_append_only; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER bundle_append_only BEFORE DELETE OR UPDATE ON ledger.bundle FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.bundle ENABLE ALWAYS TRIGGER bundle_append_only;


--
-- Name: bundle bundle_no_truncate; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER bundle_no_truncate BEFORE TRUNCATE ON ledger.bundle FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.bundle ENABLE ALWAYS TRIGGER bundle_no_truncate;


--
-- Name: checkpoint checkpoint_append_only; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER checkpoint_append_only BEFORE DELETE OR UPDATE ON ledger.checkpoint FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.checkpoint ENABLE ALWAYS TRIGGER checkpoint_append_only;


--
-- Name: checkpoint checkpoint_no_truncate; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER checkpoint_no_truncate BEFORE TRUNCATE ON ledger.checkpoint FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.checkpoint ENABLE ALWAYS TRIGGER checkpoint_no_truncate;


--
-- Name: content content_append_only; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER content_append_only BEFORE DELETE OR UPDATE ON ledger.content FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.content ENABLE ALWAYS TRIGGER content_append_only;


--
-- Name: content content_no_truncate; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER content_no_truncate BEFORE TRUNCATE ON ledger.content FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.content ENABLE ALWAYS TRIGGER content_no_truncate;


--
-- Name: cosignature cosignature_append_only; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER cosignature_append_only BEFORE DELETE OR UPDATE ON ledger.cosignature FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.cosignature ENABLE ALWAYS TRIGGER cosignature_append_only;


--
-- Name: cosignature cosignature_no_truncate; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER cosignature_no_truncate BEFORE TRUNCATE ON ledger.cosignature FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.cosignature ENABLE ALWAYS TRIGGER cosignature_no_truncate;


--
-- Name: disposition disposition_append_only; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER disposition_append_only BEFORE DELETE OR UPDATE ON ledger.disposition FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.disposition ENABLE ALWAYS TRIGGER disposition_append_only;


--
-- Name: disposition disposition_no_truncate; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER disposition_no_truncate BEFORE TRUNCATE ON ledger.disposition FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.disposition ENABLE ALWAYS TRIGGER disposition_no_truncate;


--
-- Name: document document_append_only; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER document_append_only BEFORE DELETE OR UPDATE ON ledger.document FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.document ENABLE ALWAYS TRIGGER document_append_only;


--
-- Name: document document_no_truncate; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER document_no_truncate BEFORE TRUNCATE ON ledger.document FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.document ENABLE ALWAYS TRIGGER document_no_truncate;


--
-- Name: entry entry_append_only; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER entry_append_only BEFORE DELETE OR UPDATE ON ledger.entry FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.entry ENABLE ALWAYS TRIGGER entry_append_only;


--
-- Name: entry entry_no_truncate; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON ledger.entry FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.entry ENABLE ALWAYS TRIGGER entry_no_truncate;


--
-- Name: quarantine quarantine_append_only; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER quarantine_append_only BEFORE DELETE OR UPDATE ON ledger.quarantine FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.quarantine ENABLE ALWAYS TRIGGER quarantine_append_only;


--
-- Name: quarantine quarantine_no_truncate; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER quarantine_no_truncate BEFORE TRUNCATE ON ledger.quarantine FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.quarantine ENABLE ALWAYS TRIGGER quarantine_no_truncate;


--
-- Name: receipt receipt_append_only; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER receipt_append_only BEFORE DELETE OR UPDATE ON ledger.receipt FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.receipt ENABLE ALWAYS TRIGGER receipt_append_only;


--
-- Name: receipt receipt_no_truncate; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER receipt_no_truncate BEFORE TRUNCATE ON ledger.receipt FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.receipt ENABLE ALWAYS TRIGGER receipt_no_truncate;


--
-- Name: review review_append_only; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER review_append_only BEFORE DELETE OR UPDATE ON ledger.review FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.review ENABLE ALWAYS TRIGGER review_append_only;


--
-- Name: review review_no_truncate; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER review_no_truncate BEFORE TRUNCATE ON ledger.review FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.review ENABLE ALWAYS TRIGGER review_no_truncate;


--
-- Name: series series_append_only; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER series_append_only BEFORE DELETE OR UPDATE ON ledger.series FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.series ENABLE ALWAYS TRIGGER series_append_only;


--
-- Name: series series_no_truncate; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER series_no_truncate BEFORE TRUNCATE ON ledger.series FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.series ENABLE ALWAYS TRIGGER series_no_truncate;


--
-- Name: slot_step slot_step_append_only; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER slot_step_append_only BEFORE DELETE OR UPDATE ON ledger.slot_step FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.slot_step ENABLE ALWAYS TRIGGER slot_step_append_only;


--
-- Name: slot_step slot_step_no_truncate; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER slot_step_no_truncate BEFORE TRUNCATE ON ledger.slot_step FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.slot_step ENABLE ALWAYS TRIGGER slot_step_no_truncate;


--
-- Name: tile tile_append_only; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER tile_append_only BEFORE DELETE OR UPDATE ON ledger.tile FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.tile ENABLE ALWAYS TRIGGER tile_append_only;


--
-- Name: tile tile_no_truncate; Type: TRIGGER; Schema: ledger; Owner: daybook_owner
--

CREATE TRIGGER tile_no_truncate BEFORE TRUNCATE ON ledger.tile FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.tile ENABLE ALWAYS TRIGGER tile_no_truncate;


--
-- Name: cosignature cosignature_checkpoint; Type: FK CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.cosignature
    ADD CONSTRAINT cosignature_checkpoint FOREIGN KEY (log, size, signed) REFERENCES ledger.checkpoint(log, size, signed);


--
-- Name: disposition disposition_record; Type: FK CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.disposition
    ADD CONSTRAINT disposition_record FOREIGN KEY (log, feed, partition, incarnation, record_offset) REFERENCES ledger.quarantine(log, feed, partition, incarnation, record_offset);


--
-- Name: receipt receipt_assignment; Type: FK CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.receipt
    ADD CONSTRAINT receipt_assignment FOREIGN KEY (log, feed, partition, incarnation, start) REFERENCES ledger.assignment(log, feed, partition, incarnation, start);


--
-- Name: receipt receipt_previous; Type: FK CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.receipt
    ADD CONSTRAINT receipt_previous FOREIGN KEY (log, feed, partition, incarnation, prev_to) REFERENCES ledger.receipt(log, feed, partition, incarnation, to_offset);


--
-- Name: slot_step slot_step_follows; Type: FK CONSTRAINT; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ONLY ledger.slot_step
    ADD CONSTRAINT slot_step_follows FOREIGN KEY (log, slot, prev_step) REFERENCES ledger.slot_step(log, slot, step);


--
-- Name: bundle; Type: ROW SECURITY; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ledger.bundle ENABLE ROW LEVEL SECURITY;

--
-- Name: bundle bundle_all; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY bundle_all ON ledger.bundle TO daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices, daybook_auditor USING (true) WITH CHECK (true);


--
-- Name: bundle bundle_of_tenants; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY bundle_of_tenants ON ledger.bundle FOR SELECT TO daybook_serve USING ((tenant = ANY ((current_setting('daybook.tenants'::text))::bigint[])));


--
-- Name: content; Type: ROW SECURITY; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ledger.content ENABLE ROW LEVEL SECURITY;

--
-- Name: content content_all; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY content_all ON ledger.content TO daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices, daybook_auditor USING (true) WITH CHECK (true);


--
-- Name: content content_of_tenants; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY content_of_tenants ON ledger.content FOR SELECT TO daybook_serve USING ((tenant = ANY ((current_setting('daybook.tenants'::text))::bigint[])));


--
-- Name: document; Type: ROW SECURITY; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ledger.document ENABLE ROW LEVEL SECURITY;

--
-- Name: document document_all; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY document_all ON ledger.document TO daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices, daybook_auditor USING (true) WITH CHECK (true);


--
-- Name: document document_of_tenants; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY document_of_tenants ON ledger.document FOR SELECT TO daybook_serve USING ((tenant = ANY ((current_setting('daybook.tenants'::text))::bigint[])));


--
-- Name: entry; Type: ROW SECURITY; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ledger.entry ENABLE ROW LEVEL SECURITY;

--
-- Name: entry entry_all; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY entry_all ON ledger.entry TO daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices, daybook_auditor USING (true) WITH CHECK (true);


--
-- Name: entry entry_of_tenants; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY entry_of_tenants ON ledger.entry FOR SELECT TO daybook_serve USING ((tenant = ANY ((current_setting('daybook.tenants'::text))::bigint[])));


--
-- Name: money_head; Type: ROW SECURITY; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ledger.money_head ENABLE ROW LEVEL SECURITY;

--
-- Name: money_head money_head_all; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY money_head_all ON ledger.money_head TO daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices, daybook_auditor USING (true) WITH CHECK (true);


--
-- Name: money_head money_head_of_tenants; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY money_head_of_tenants ON ledger.money_head FOR SELECT TO daybook_serve USING ((tenant = ANY ((current_setting('daybook.tenants'::text))::bigint[])));


--
-- Name: review; Type: ROW SECURITY; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ledger.review ENABLE ROW LEVEL SECURITY;

--
-- Name: review review_all; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY review_all ON ledger.review TO daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices, daybook_auditor USING (true) WITH CHECK (true);


--
-- Name: review review_of_tenants; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY review_of_tenants ON ledger.review FOR SELECT TO daybook_serve USING ((tenant = ANY ((current_setting('daybook.tenants'::text))::bigint[])));


--
-- Name: series; Type: ROW SECURITY; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ledger.series ENABLE ROW LEVEL SECURITY;

--
-- Name: series series_all; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY series_all ON ledger.series TO daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices, daybook_auditor USING (true) WITH CHECK (true);


--
-- Name: series series_of_tenants; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY series_of_tenants ON ledger.series FOR SELECT TO daybook_serve USING ((tenant = ANY ((current_setting('daybook.tenants'::text))::bigint[])));


--
-- Name: tenant; Type: ROW SECURITY; Schema: ledger; Owner: daybook_owner
--

ALTER TABLE ledger.tenant ENABLE ROW LEVEL SECURITY;

--
-- Name: tenant tenant_all; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY tenant_all ON ledger.tenant TO daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices, daybook_auditor USING (true) WITH CHECK (true);


--
-- Name: tenant tenant_of_tenants; Type: POLICY; Schema: ledger; Owner: daybook_owner
--

CREATE POLICY tenant_of_tenants ON ledger.tenant FOR SELECT TO daybook_serve USING ((tenant = ANY ((current_setting('daybook.tenants'::text))::bigint[])));


--
-- Name: SCHEMA ledger; Type: ACL; Schema: -; Owner: daybook_owner
--

GRANT USAGE ON SCHEMA ledger TO daybook_ingest;
GRANT USAGE ON SCHEMA ledger TO daybook_sealer;
GRANT USAGE ON SCHEMA ledger TO daybook_control;
GRANT USAGE ON SCHEMA ledger TO daybook_invoices;
GRANT USAGE ON SCHEMA ledger TO daybook_serve;
GRANT USAGE ON SCHEMA ledger TO daybook_auditor;


--
-- Name: FUNCTION ensure_dedup_day(day integer); Type: ACL; Schema: ledger; Owner: daybook_owner
--

REVOKE ALL ON FUNCTION ledger.ensure_dedup_day(day integer) FROM PUBLIC;
GRANT ALL ON FUNCTION ledger.ensure_dedup_day(day integer) TO daybook_ingest;


--
-- Name: FUNCTION refuse_change(); Type: ACL; Schema: ledger; Owner: daybook_owner
--

REVOKE ALL ON FUNCTION ledger.refuse_change() FROM PUBLIC;


--
-- Name: TABLE assignment; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT ON TABLE ledger.assignment TO daybook_ingest;
GRANT SELECT ON TABLE ledger.assignment TO daybook_sealer;
GRANT SELECT ON TABLE ledger.assignment TO daybook_invoices;
GRANT SELECT ON TABLE ledger.assignment TO daybook_auditor;


--
-- Name: TABLE bundle; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT ON TABLE ledger.bundle TO daybook_invoices;
GRANT SELECT ON TABLE ledger.bundle TO daybook_serve;
GRANT SELECT ON TABLE ledger.bundle TO daybook_auditor;


--
-- Name: TABLE checkpoint; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT ON TABLE ledger.checkpoint TO daybook_ingest;
GRANT SELECT,INSERT ON TABLE ledger.checkpoint TO daybook_sealer;
GRANT SELECT ON TABLE ledger.checkpoint TO daybook_control;
GRANT SELECT ON TABLE ledger.checkpoint TO daybook_invoices;
GRANT SELECT ON TABLE ledger.checkpoint TO daybook_serve;
GRANT SELECT ON TABLE ledger.checkpoint TO daybook_auditor;


--
-- Name: TABLE content; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT ON TABLE ledger.content TO daybook_ingest;
GRANT SELECT ON TABLE ledger.content TO daybook_sealer;
GRANT SELECT,INSERT ON TABLE ledger.content TO daybook_control;
GRANT SELECT,INSERT ON TABLE ledger.content TO daybook_invoices;
GRANT SELECT ON TABLE ledger.content TO daybook_serve;
GRANT SELECT ON TABLE ledger.content TO daybook_auditor;


--
-- Name: TABLE cosignature; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT ON TABLE ledger.cosignature TO daybook_sealer;
GRANT SELECT ON TABLE ledger.cosignature TO daybook_invoices;
GRANT SELECT ON TABLE ledger.cosignature TO daybook_auditor;


--
-- Name: TABLE dedup_block; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT ON TABLE ledger.dedup_block TO daybook_ingest;
GRANT SELECT ON TABLE ledger.dedup_block TO daybook_auditor;


--
-- Name: TABLE disposition; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT ON TABLE ledger.disposition TO daybook_ingest;
GRANT SELECT ON TABLE ledger.disposition TO daybook_sealer;
GRANT SELECT ON TABLE ledger.disposition TO daybook_invoices;
GRANT SELECT ON TABLE ledger.disposition TO daybook_auditor;


--
-- Name: TABLE document; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT ON TABLE ledger.document TO daybook_invoices;
GRANT SELECT ON TABLE ledger.document TO daybook_serve;
GRANT SELECT ON TABLE ledger.document TO daybook_auditor;


--
-- Name: TABLE entry; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT ON TABLE ledger.entry TO daybook_ingest;
GRANT SELECT ON TABLE ledger.entry TO daybook_sealer;
GRANT SELECT,INSERT ON TABLE ledger.entry TO daybook_control;
GRANT SELECT,INSERT ON TABLE ledger.entry TO daybook_invoices;
GRANT SELECT ON TABLE ledger.entry TO daybook_serve;
GRANT SELECT ON TABLE ledger.entry TO daybook_auditor;


--
-- Name: TABLE head; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,UPDATE ON TABLE ledger.head TO daybook_ingest;
GRANT SELECT ON TABLE ledger.head TO daybook_sealer;
GRANT SELECT,INSERT,UPDATE ON TABLE ledger.head TO daybook_control;
GRANT SELECT,UPDATE ON TABLE ledger.head TO daybook_invoices;
GRANT SELECT ON TABLE ledger.head TO daybook_serve;
GRANT SELECT ON TABLE ledger.head TO daybook_auditor;


--
-- Name: TABLE log; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT ON TABLE ledger.log TO daybook_ingest;
GRANT SELECT ON TABLE ledger.log TO daybook_sealer;
GRANT SELECT,INSERT ON TABLE ledger.log TO daybook_control;
GRANT SELECT ON TABLE ledger.log TO daybook_invoices;
GRANT SELECT ON TABLE ledger.log TO daybook_serve;
GRANT SELECT ON TABLE ledger.log TO daybook_auditor;


--
-- Name: TABLE money_head; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE ledger.money_head TO daybook_invoices;
GRANT SELECT ON TABLE ledger.money_head TO daybook_auditor;


--
-- Name: TABLE number_head; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE ledger.number_head TO daybook_invoices;
GRANT SELECT ON TABLE ledger.number_head TO daybook_auditor;


--
-- Name: TABLE progress; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE ledger.progress TO daybook_ingest;
GRANT SELECT ON TABLE ledger.progress TO daybook_invoices;
GRANT SELECT ON TABLE ledger.progress TO daybook_serve;
GRANT SELECT ON TABLE ledger.progress TO daybook_auditor;


--
-- Name: TABLE quarantine; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT ON TABLE ledger.quarantine TO daybook_ingest;
GRANT SELECT ON TABLE ledger.quarantine TO daybook_invoices;
GRANT SELECT ON TABLE ledger.quarantine TO daybook_auditor;


--
-- Name: TABLE receipt; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT ON TABLE ledger.receipt TO daybook_ingest;
GRANT SELECT ON TABLE ledger.receipt TO daybook_sealer;
GRANT SELECT ON TABLE ledger.receipt TO daybook_invoices;
GRANT SELECT ON TABLE ledger.receipt TO daybook_auditor;


--
-- Name: TABLE review; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT ON TABLE ledger.review TO daybook_sealer;
GRANT SELECT,INSERT ON TABLE ledger.review TO daybook_invoices;
GRANT SELECT ON TABLE ledger.review TO daybook_auditor;


--
-- Name: TABLE schema_version; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT ON TABLE ledger.schema_version TO daybook_ingest;
GRANT SELECT ON TABLE ledger.schema_version TO daybook_sealer;
GRANT SELECT ON TABLE ledger.schema_version TO daybook_control;
GRANT SELECT ON TABLE ledger.schema_version TO daybook_invoices;
GRANT SELECT ON TABLE ledger.schema_version TO daybook_serve;
GRANT SELECT ON TABLE ledger.schema_version TO daybook_auditor;


--
-- Name: TABLE series; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT ON TABLE ledger.series TO daybook_ingest;
GRANT SELECT ON TABLE ledger.series TO daybook_invoices;
GRANT SELECT ON TABLE ledger.series TO daybook_serve;
GRANT SELECT ON TABLE ledger.series TO daybook_auditor;


--
-- Name: TABLE slot; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,UPDATE ON TABLE ledger.slot TO daybook_ingest;
GRANT SELECT,INSERT ON TABLE ledger.slot TO daybook_control;
GRANT SELECT ON TABLE ledger.slot TO daybook_auditor;


--
-- Name: TABLE slot_step; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT ON TABLE ledger.slot_step TO daybook_ingest;
GRANT SELECT ON TABLE ledger.slot_step TO daybook_sealer;
GRANT SELECT ON TABLE ledger.slot_step TO daybook_auditor;


--
-- Name: TABLE tenant; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT ON TABLE ledger.tenant TO daybook_ingest;
GRANT SELECT,INSERT ON TABLE ledger.tenant TO daybook_control;
GRANT SELECT ON TABLE ledger.tenant TO daybook_invoices;
GRANT SELECT ON TABLE ledger.tenant TO daybook_serve;
GRANT SELECT ON TABLE ledger.tenant TO daybook_auditor;


--
-- Name: COLUMN tenant.name; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT UPDATE(name) ON TABLE ledger.tenant TO daybook_control;


--
-- Name: COLUMN tenant.zone; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT UPDATE(zone) ON TABLE ledger.tenant TO daybook_control;


--
-- Name: TABLE tile; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT ON TABLE ledger.tile TO daybook_sealer;
GRANT SELECT ON TABLE ledger.tile TO daybook_invoices;
GRANT SELECT ON TABLE ledger.tile TO daybook_serve;
GRANT SELECT ON TABLE ledger.tile TO daybook_auditor;


--
-- Name: TABLE token; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT SELECT,INSERT ON TABLE ledger.token TO daybook_control;
GRANT SELECT ON TABLE ledger.token TO daybook_serve;


--
-- Name: COLUMN token.revoked_at; Type: ACL; Schema: ledger; Owner: daybook_owner
--

GRANT UPDATE(revoked_at) ON TABLE ledger.token TO daybook_control;


--
-- PostgreSQL database dump complete
--


