-- name: insert_ledger_line(ledger_ref, line_ref, external_id, entity, period, account, cost_center, project, amount_minor, currency, posting, memo, at)!
-- A line as the ledger holds it now.
-- used by: workflows/tie_out.py
INSERT INTO ledger_line (
    ledger_ref, line_ref, external_id, entity, period, account, cost_center, project,
    amount_minor, currency, posting, memo, seen_at
)
VALUES (
    :ledger_ref, :line_ref, :external_id, :entity, :period, :account, :cost_center, :project,
    :amount_minor, :currency, :posting, :memo, :at
);
