-- name: copy_lineage()!
-- Which source lines stand behind journal lines; see warehouse/line_sets.py.
-- used by: workflows/build_store.py
COPY lineage_block (
    journal_id, document_id, block, first_line, last_line, line_numbers, amounts_minor, link_ends,
    source_offsets, shares_minor
) FROM STDIN (FORMAT csv, DELIMITER E'\t', NULL '\N');
