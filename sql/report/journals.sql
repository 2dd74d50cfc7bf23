-- name: journals(entity, period, gone)
-- An entity's journals that count, with what the ledger calls them.
-- used by: workflows/report_facts.py
SELECT
    external_id, kind, state, ledger_ref, ledger_number, line_count, debit_minor, currency,
    unit_key, correlation_id
FROM journal
WHERE entity = :entity AND period = :period AND NOT (state = any(:gone))
ORDER BY external_id;
