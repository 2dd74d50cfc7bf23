-- name: trace_ledger(external_id)
-- What the ledger held of a journal when it was last read.
-- used by: workflows/trace.py
SELECT
    ledger_ref, count(*)::int AS line_count,
    sum(greatest(amount_minor, 0))::bigint AS debit_minor,
    bool_and(posting) AS posting, max(seen_at) AS seen_at
FROM ledger_line
WHERE external_id = :external_id
GROUP BY ledger_ref
ORDER BY ledger_ref;
