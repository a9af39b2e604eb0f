-- `daybook-ingest replace` writes an operator's entry with its content, and corrections behind it.
grant insert on ledger.content to daybook_ingest;
