-- name: copy_journal_lines()!
-- Lines of journals; debit positive.
-- used by: workflows/build_store.py
COPY journal_line (
    external_id, line_number, account, cost_center, project, component_class, amount_minor,
    description, people_count, functional_minor, tax_code, tax_base_minor
) FROM STDIN (FORMAT csv, DELIMITER E'\t', NULL '\N');
