-- name: insert_finding(unit_key, stage, sha256, code, severity, message, document, line, field, found, blocks, next_step)!
-- One thing that is wrong with a unit.
-- used by: workflows/units.py
INSERT INTO unit_finding (
    unit_key, stage, sha256, code, severity, message, document, line, field,
    found, blocks, next_step
)
VALUES (
    :unit_key, :stage, :sha256, :code, :severity, :message, :document,
    :line, :field, :found, :blocks, :next_step
);
