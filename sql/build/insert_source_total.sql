-- name: insert_source_total(external_id, component_class, amount_minor)!
-- What the sources of a journal sum to in one class.
-- used by: workflows/journal_store.py
INSERT INTO source_total (external_id, component_class, amount_minor)
VALUES (:external_id, :component_class, :amount_minor);
