-- name: ids_of_journals(external_ids)
-- The short numbers by which lineage names journals.
-- used by: workflows/build_store.py
SELECT external_id AS name, journal_id AS id FROM journal
WHERE external_id = any(:external_ids);
