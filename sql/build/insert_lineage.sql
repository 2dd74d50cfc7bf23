-- name: insert_lineage(external_id, line_number, document, source_lines, amount_minor)!
-- Which source lines stand behind a journal line.
-- used by: workflows/journal_store.py
INSERT INTO lineage (external_id, line_number, document, source_lines, amount_minor)
VALUES (:external_id, :line_number, :document, :source_lines, :amount_minor);
