-- name: confirm_alignment(id, at)!
-- The same comparison came out again.
-- used by: workflows/alignment.py
UPDATE alignment_run
SET confirmed_at = :at
WHERE id = :id;
