-- name: note_drift(entity, period, external_id, ledger_ref, kind, line_ref, expected, found, amount_minor, currency, changed_by, at)!
-- A change behind our back; told once while it lasts.
-- used by: workflows/tie_out.py
INSERT INTO drift (
    entity, period, external_id, ledger_ref, kind, line_ref, expected, found, amount_minor,
    currency, changed_by, found_at
)
VALUES (
    :entity, :period, :external_id, :ledger_ref, :kind, :line_ref, :expected, :found,
    :amount_minor, :currency, :changed_by, :at
)
ON CONFLICT (external_id, ledger_ref, kind, line_ref, found) WHERE cured_at IS NULL DO NOTHING;
