-- name: add_unit_document(unit_key, sha256)!
-- A document belongs to a unit.
-- used by: workflows/intake.py
INSERT INTO unit_document (unit_key, sha256)
VALUES (:unit_key, :sha256)
ON CONFLICT DO NOTHING;
