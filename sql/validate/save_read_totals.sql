-- name: save_read_totals(sha256, line_count, debit_minor, credit_minor)!
-- What the typed rows of a document sum to.
-- used by: workflows/validate.py
UPDATE document_control
SET
    read_line_count = :line_count,
    read_debit_minor = :debit_minor,
    read_credit_minor = :credit_minor
WHERE sha256 = :sha256;
