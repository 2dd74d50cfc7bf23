-- name: copy_ledger_lines()!
-- Lines as the ledger holds them now.
-- used by: workflows/tie_out.py
COPY ledger_line (
    ledger_ref, line_ref, external_id, entity, period, account, cost_center, project,
    amount_minor, currency, posting, memo, seen_at
) FROM STDIN (FORMAT csv, DELIMITER E'\t', NULL '\N');
