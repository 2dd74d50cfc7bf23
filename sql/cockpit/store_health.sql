-- name: store_health()
-- Whether the store answers, and how much it holds.
-- used by: cockpit/health.py
SELECT
    (SELECT count(*) FROM work_unit)::int AS unit_count,
    (SELECT count(*) FROM journal)::int AS journal_count,
    (SELECT count(*) FROM role_grant)::int AS grant_count;
