-- name: rows_of_run(run_id)
-- The classes of a comparison.
-- used by: cockpit/api.py, workflows/report.py
SELECT component_class, currency, source_minor, journal_minor, ledger_minor, difference_minor
FROM tie_out_row
WHERE run_id = :run_id
ORDER BY component_class;
