-- name: insert_alignment_run(entity, period, content_hash, at, headcount, aligned_count, differs_count, missing_count, unpaid_count, unknown_count, reasons, pay_at_risk_minor, expense_at_risk_minor, currency, due_at)
-- How an entity's employees stand, compared anew.
-- returns: its id
-- used by: workflows/alignment.py
INSERT INTO alignment_run (
    entity, period, content_hash, taken_at, confirmed_at, headcount, aligned_count, differs_count,
    missing_count, unpaid_count, unknown_count, reasons, pay_at_risk_minor,
    expense_at_risk_minor, currency, due_at
)
VALUES (
    :entity, :period, :content_hash, :at, :at, :headcount, :aligned_count, :differs_count,
    :missing_count, :unpaid_count, :unknown_count, :reasons, :pay_at_risk_minor,
    :expense_at_risk_minor, :currency, :due_at
)
RETURNING id;
