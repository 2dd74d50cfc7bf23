-- name: trace_journals(wanted, documents)
-- Journals that an id names, or that rest on some documents.
-- used by: workflows/trace.py
SELECT
    external_id, entity, kind, period, batch, revision, unit_key, accounting_date, currency,
    debit_minor, line_count, content_hash, correlation_id, state, state_reason, ledger_ref,
    ledger_number, built_at
FROM journal
WHERE
    external_id = :wanted
    OR ledger_ref = :wanted
    OR ledger_number = :wanted
    OR unit_key = :wanted
    OR batch = :wanted
    OR correlation_id::text = :wanted
    OR external_id IN (
        SELECT part.external_id FROM disposition AS part
        WHERE part.document = any(:documents) AND part.external_id IS NOT NULL
    )
ORDER BY entity, kind, revision, external_id;
