-- name: copy_source_totals()!
-- What the sources of journals sum to, by class.
-- used by: workflows/build_store.py
COPY source_total (external_id, component_class, amount_minor)
FROM STDIN (FORMAT csv, DELIMITER E'\t', NULL '\N');
