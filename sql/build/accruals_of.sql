-- name: accruals_of(entity, period, kind)
-- Every accrual of an entity and period with its state, reversals left out.
-- used by: workflows/accrue.py
SELECT external_id, revision, state, content, content_hash, pair
FROM journal
WHERE entity = :entity AND period = :period AND kind = :kind AND reverses IS NULL
ORDER BY revision;
