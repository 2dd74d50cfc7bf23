-- name: unbalanced_journals()
-- Journals whose lines do not sum to zero, or to other debits than their head says.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT
    journal.external_id, journal.debit_minor, journal.line_count,
    coalesce(sum(line.amount_minor), 0)::bigint AS residual_minor,
    coalesce(sum(greatest(line.amount_minor, 0)), 0)::bigint AS line_debit_minor,
    count(line.line_number)::int AS found_count
FROM journal
LEFT JOIN journal_line AS line ON journal.external_id = line.external_id
GROUP BY journal.external_id, journal.debit_minor, journal.line_count
HAVING
    coalesce(sum(line.amount_minor), 0) <> 0
    OR coalesce(sum(greatest(line.amount_minor, 0)), 0) <> journal.debit_minor
    OR count(line.line_number) <> journal.line_count;
