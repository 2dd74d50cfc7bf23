-- name: states_without_history()
-- Journals whose state is not the last step of an unbroken history.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT journal.external_id, journal.state, last_step.to_state AS history_state
FROM journal
LEFT JOIN LATERAL (
    SELECT step.to_state
    FROM state_change AS step
    WHERE step.object_kind = 'journal' AND step.object_key = journal.external_id
    ORDER BY step.id DESC
    LIMIT 1
) AS last_step ON TRUE
WHERE
    coalesce(last_step.to_state, 'draft') <> journal.state
    OR EXISTS (
        SELECT 1
        FROM (
            SELECT
                step.from_state,
                coalesce(lag(step.to_state) OVER (ORDER BY step.id), 'draft') AS before
            FROM state_change AS step
            WHERE step.object_kind = 'journal' AND step.object_key = journal.external_id
        ) AS chain
        WHERE chain.from_state <> chain.before
    );
