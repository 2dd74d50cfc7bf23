-- name: pair_of(pair, external_id)
-- The other journals of a pair that were not replaced.
-- used by: workflows/pairs.py
SELECT
    external_id, entity, kind, period, state, content, content_hash, makers, unit_key,
    debit_minor, currency, pair, reverses
FROM journal
WHERE pair = :pair AND external_id <> :external_id AND state <> 'superseded'
ORDER BY external_id;
