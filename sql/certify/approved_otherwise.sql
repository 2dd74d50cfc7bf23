-- name: approved_otherwise(unit_key, entity, certificate_hash)
-- Journals of a unit, approved over another certificate of it and not yet on their way.
-- used by: workflows/certify.py
SELECT DISTINCT journal.external_id, journal.state
FROM journal
INNER JOIN approval ON journal.external_id = approval.external_id
WHERE
    journal.unit_key = :unit_key
    AND journal.entity = :entity
    AND journal.state IN ('awaiting_approval', 'approved', 'queued')
    AND approval.decision = 'approved'
    AND approval.voided_at IS NULL
    AND approval.certificate_hash <> :certificate_hash
ORDER BY journal.external_id;
