-- name: set_exception_state(id, state, closed_at, closed_how)!
-- Move an exception; the trigger refuses an illegal step.
-- used by: workflows/exceptions.py
UPDATE open_exception
SET
    state = :state,
    closed_at = coalesce(:closed_at, closed_at),
    closed_how = CASE WHEN :closed_how = '' THEN closed_how ELSE :closed_how END
WHERE id = :id;
