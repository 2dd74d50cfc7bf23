-- name: upsert_ledger_period(ledger, code, ref, name, starts, ends, closed, locked, seen_at)!
-- A posting period of the ERP as seen now.
-- used by: workflows/master_data.py
INSERT INTO ledger_period (ledger, code, ref, name, starts, ends, closed, locked, seen_at)
VALUES (
    :ledger, :code, :ref, :name, :starts, :ends,
    :closed, :locked, :seen_at
)
ON CONFLICT (ledger, code) DO UPDATE SET
    ref = excluded.ref,
    name = excluded.name,
    starts = excluded.starts,
    ends = excluded.ends,
    closed = excluded.closed,
    locked = excluded.locked,
    seen_at = excluded.seen_at;
