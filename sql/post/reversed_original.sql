-- name: reversed_original(external_id)
-- A journal that another takes back, as long as it has not come to its end.
-- used by: workflows/post_outcome.py
SELECT external_id, state, content
FROM journal
WHERE
    external_id = :external_id
    AND state IN ('posted', 'read_back', 'tied_out', 'drifted');
