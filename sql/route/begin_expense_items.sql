-- name: begin_expense_items()!
-- Where the expense parts of a unit are put before they are merged; gone with the transaction.
-- used by: workflows/route.py
CREATE TEMPORARY TABLE routed_item (LIKE expense_item INCLUDING DEFAULTS) ON COMMIT DROP;
