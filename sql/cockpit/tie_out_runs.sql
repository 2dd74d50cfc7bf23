-- name: tie_out_runs(period, entities)
-- Every comparison of a period with its totals per currency, newest first.
-- used by: cockpit/tie_out_read.py
SELECT
    run.id, run.entity, run.state, run.compared_at, run.journal_count, run.note,
    found.currency, sum(greatest(found.source_minor, 0))::bigint AS source_minor,
    sum(greatest(found.journal_minor, 0))::bigint AS journal_minor,
    sum(greatest(found.ledger_minor, 0))::bigint AS ledger_minor,
    sum(found.difference_minor)::bigint AS difference_minor
FROM tie_out_run AS run
LEFT JOIN tie_out_row AS found ON run.id = found.run_id
WHERE run.period = :period AND ('*' = any(:entities) OR run.entity = any(:entities))
GROUP BY run.id, found.currency
ORDER BY run.entity, run.id DESC, found.currency;
