-- name: journal(external_id, entities)
-- One journal, if the reader may see its entity.
-- used by: cockpit/journals_read.py
SELECT
    external_id, journal_key, entity, kind, period, batch, revision, part, unit_key,
    accounting_date, currency, memo, debit_minor, line_count, content_hash, correlation_id,
    makers, state, state_reason, ledger_ref, ledger_number, built_at, changed_at,
    parts, pair, reverses, supersedes
FROM journal
WHERE external_id = :external_id AND ('*' = any(:entities) OR entity = any(:entities));
