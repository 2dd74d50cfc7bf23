-- name: decide_mapping_row(id, state, decided_by, decided_at, known_from)!
-- Activate or reject a proposal; the author may not.
-- used by: workflows/mappings.py
UPDATE mapping_row
SET
    state = :state,
    decided_by = :decided_by,
    decided_at = :decided_at,
    known_from = :known_from
WHERE id = :id AND state = 'proposed';
