-- name: insert_disposition(document, unit_key, state, reason, external_id, source_lines, debit_minor, credit_minor)!
-- Where source lines of a document ended.
-- used by: workflows/build.py
INSERT INTO disposition (
    document, unit_key, state, reason, external_id, source_lines, debit_minor, credit_minor
)
VALUES (
    :document, :unit_key, :state, :reason, :external_id, :source_lines,
    :debit_minor, :credit_minor
);
