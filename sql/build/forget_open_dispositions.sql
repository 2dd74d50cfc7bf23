-- name: forget_open_dispositions(unit_key, states)!
-- Dispositions of a unit that no committed journal holds; they are decided anew.
-- used by: workflows/build.py
DELETE FROM disposition AS part
WHERE
    part.unit_key = :unit_key
    AND NOT EXISTS (
        SELECT 1
        FROM journal
        WHERE journal.external_id = part.external_id AND journal.state = any(:states)
    );
