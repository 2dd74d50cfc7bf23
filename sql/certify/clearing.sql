-- name: clearing(entity, period)
-- Balance and movements of each clearing account, beside the items that nobody paid yet.
-- used by: workflows/bridges.py
WITH account AS (
    SELECT DISTINCT item.route, item.clearing_account, item.currency
    FROM expense_item AS item
    WHERE item.entity = :entity AND item.clearing_account <> ''
),

moved AS (
    SELECT
        line.account, journal.currency,
        coalesce(-sum(line.amount_minor) FILTER (WHERE journal.period < :period), 0) AS opening,
        coalesce(-sum(line.amount_minor) FILTER (
            WHERE journal.period = :period AND line.amount_minor < 0
        ), 0) AS booked,
        coalesce(sum(line.amount_minor) FILTER (
            WHERE journal.period = :period AND line.amount_minor > 0
        ), 0) AS paid
    FROM journal
    INNER JOIN journal_line AS line ON journal.external_id = line.external_id
    WHERE
        journal.entity = :entity
        AND journal.period <= :period
        AND journal.state NOT IN ('superseded', 'rejected')
        AND line.account IN (SELECT account.clearing_account FROM account)
    GROUP BY line.account, journal.currency
),

booked AS (
    SELECT part.document, generate_series(lower(piece.lines), upper(piece.lines) - 1) AS line_no
    FROM disposition AS part
    INNER JOIN journal ON part.external_id = journal.external_id
    CROSS JOIN LATERAL unnest(part.source_lines) AS piece (lines)
    WHERE
        part.state = 'built'
        AND journal.entity = :entity
        AND journal.kind = 'expense'
        AND journal.period <= :period
),

waiting AS (
    SELECT
        item.clearing_account, item.currency, sum(item.amount_minor) AS open_minor,
        count(*) AS open_count, min(item.approved_at) AS oldest
    FROM expense_item AS item
    INNER JOIN booked ON item.document = booked.document AND item.line_no = booked.line_no
    LEFT JOIN reimbursement_batch AS batch ON item.batch_key = batch.batch_key
    WHERE
        item.entity = :entity
        AND NOT (item.payment_state = 'paid' AND coalesce(batch.period, :period) <= :period)
    GROUP BY item.clearing_account, item.currency
)

SELECT
    account.route, account.clearing_account AS account, account.currency,
    coalesce(moved.opening, 0)::bigint AS opening_minor,
    coalesce(moved.booked, 0)::bigint AS booked_minor,
    coalesce(moved.paid, 0)::bigint AS paid_minor,
    coalesce(waiting.open_minor, 0)::bigint AS open_minor,
    coalesce(waiting.open_count, 0)::bigint AS open_count,
    waiting.oldest
FROM account
LEFT JOIN moved
    ON account.clearing_account = moved.account AND account.currency = moved.currency
LEFT JOIN waiting
    ON account.clearing_account = waiting.clearing_account AND account.currency = waiting.currency
ORDER BY account.route, account.clearing_account, account.currency;
