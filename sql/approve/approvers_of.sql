-- name: approvers_of(external_id)
-- Whose approval of a journal stands, whatever certificate it was shown with.
-- used by: workflows/readiness.py
SELECT DISTINCT decided_by
FROM approval
WHERE external_id = :external_id AND decision = 'approved' AND voided_at IS NULL
ORDER BY decided_by;
