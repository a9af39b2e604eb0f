-- `daybook-ingest incarnation` writes under control's key and role, and looks where chains end.
grant select on ledger.assignment, ledger.receipt to daybook_control;
