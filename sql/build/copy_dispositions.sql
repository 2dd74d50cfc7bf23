-- name: copy_dispositions()!
-- Where source lines of documents ended.
-- used by: workflows/build_store.py
COPY disposition (
    document, unit_key, state, reason, external_id, source_lines, line_count, debit_minor,
    credit_minor
) FROM STDIN (FORMAT csv, DELIMITER E'\t', NULL '\N');
