-- name: insert_row(run_id, component_class, currency, source_minor, journal_minor, ledger_minor)!
-- One class of a comparison.
-- used by: workflows/tie_out.py
INSERT INTO tie_out_row (
    run_id, component_class, currency, source_minor, journal_minor, ledger_minor
)
VALUES (
    :run_id, :component_class, :currency, :source_minor, :journal_minor, :ledger_minor
);
