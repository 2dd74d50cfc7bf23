-- name: copy_findings()!
-- What is wrong with a unit.
-- used by: workflows/units.py
COPY unit_finding (
    unit_key, stage, sha256, code, severity, message, document, line, field, found, blocks,
    next_step
) FROM STDIN (FORMAT csv, DELIMITER E'\t', NULL '\N');
