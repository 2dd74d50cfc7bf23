-- name: set_journal_state(external_id, from_state, to_state, reason, at)!
-- Move a journal, if it still stands where we think.
-- used by: workflows/journals.py
UPDATE journal
SET state = :to_state, state_reason = :reason, changed_at = :at
WHERE external_id = :external_id AND state = :from_state;
