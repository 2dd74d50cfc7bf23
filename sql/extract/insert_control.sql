-- name: insert_control(sha256, origin, currency, line_count, debit_minor, credit_minor)!
-- What a document must sum to; what was read follows when its rows are typed.
-- used by: workflows/intake.py
INSERT INTO document_control (
    sha256, origin, currency, line_count, debit_minor, credit_minor
)
VALUES (
    :sha256, :origin, :currency, :line_count, :debit_minor, :credit_minor
)
ON CONFLICT (sha256) DO NOTHING;
