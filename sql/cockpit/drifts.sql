-- name: drifts(period, entities)
-- What the ledger was found to hold otherwise, cured or not.
-- used by: cockpit/tie_out_read.py
SELECT
    id, entity, external_id, ledger_ref, kind, line_ref, expected, found, amount_minor,
    currency, changed_by, found_at, cured_at
FROM drift
WHERE period = :period AND ('*' = any(:entities) OR entity = any(:entities))
ORDER BY entity, id;
