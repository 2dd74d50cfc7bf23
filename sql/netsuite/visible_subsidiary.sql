-- name: visible_subsidiary(subsidiary)
-- Whether our role sees the entity at all: absent and invisible look the same otherwise. SuiteQL.
-- returns: one row, or none when the role may not see it
-- used by: adapters/netsuite/reading.py
SELECT id FROM subsidiary WHERE id = ? ORDER BY id
