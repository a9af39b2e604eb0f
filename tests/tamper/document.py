"""A document that a thief of keys issues, with all that belongs to one: period, contents, review, approval
and heads are as the program would have written them. The tables' checks must be gone.
"""

import hashlib
import json

from harness import sql


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def forge_document(conninfo, thief, origin, approver):
    """The first tenant's next one, over nothing. Drafted and issued by `operator`; None: nobody signs."""
    (size, seq), = sql(conninfo, "select size, next_seq from ledger.head, ledger.money_head")
    period = {"label": "2026-02"}
    document = json.loads(sql(conninfo, "select content from ledger.content where kind = 5")[0][0])
    document.update(total="0.00", period={
        "from": "2026-02-01T00:00:00Z", "index": int(size), "to": "2026-03-01T00:00:00Z"})
    del document["number"], document["signoffs"]
    draft = canonical(document).encode()
    signed = {step: thief.signoff(name, step, draft) for step, name in (
        ("draft", "operator"), ("approve", approver or "operator"), ("issue", "operator"))}
    document.update(number="DE-2026-000002", **({"signoffs": signed} if approver else {}))
    _book(conninfo, thief, origin, int(size), int(seq), period, document)
    by = [signed[step]["operator"] for step in ("draft", "approve")]
    hashed = hashlib.sha256(draft).hexdigest()
    sql(conninfo, f"""insert into ledger.review select 0, 1, {size}, 1, '2026-02-05', '\\x{hashed}',
        '\\x{by[0]}', now(), '\\x{signed['draft']['signature']}'""")
    if approver:
        sql(conninfo, f"""insert into ledger.approval select 0, 1, {size}, 1, '\\x{hashed}', '\\x{by[0]}',
            '\\x{by[1]}', '\\x{signed['approve']['signature']}';
            update ledger.document set drafted_by = '\\x{by[0]}', approved_by = '\\x{by[1]}' where number = 2""")


def _book(conninfo, thief, origin, size, seq, period, document):
    """Period and document as entries, contents and the document's row, by the stolen invoices key."""
    said = (("period", period["label"], period), ("document", document["number"], document))
    for i, (kind, name, content) in enumerate(said):
        text = canonical(content)
        fields = {"subject": hashlib.sha256(f"{kind}\0{name}".encode()).hexdigest(), "version": 1,
                  "content": hashlib.sha256(text.encode()).hexdigest(), "operator": thief.operator("operator")}
        checksum, signature, writer = thief.entry(origin, kind, 1, {
            "stream": 1, "stream_seq": seq + i, "batch": "00" * 16, **fields}, "invoices")
        number = {"period": 11, "document": 5}[kind]
        sql(conninfo, f"""insert into ledger.entry (log, idx, kind, body_version, tenant, stream, stream_seq, batch,
                subject, version, content_hash, operator, checksum, signature, writer)
            values (0, {size + i}, {number}, 1, 1, 1, {seq + i}, decode(repeat('00', 16), 'hex'),
                '\\x{fields['subject']}', 1, '\\x{fields['content']}', '\\x{fields['operator']}', '\\x{checksum}',
                '\\x{signature}', '\\x{writer}');
            insert into ledger.content values (0, {size + i}, {number}, 1, '{name}', 1, '\\x{fields['content']}', '{text}')""")
    sql(conninfo, f"""insert into ledger.document select log, number_series, 2, '{document['number']}', {size + 1}, tenant,
            kind, {size}, '2026-02-01Z', '2026-03-01Z', '2026-02-05', currency, exponent, 0, '\\x{fields['content']}'
        from ledger.document;
        update ledger.head set size = {size + 2}, control_index = {size};
        update ledger.money_head set next_seq = {seq + 2}; update ledger.number_head set next_number = 3""")
