-- name: released_by_the_first_person()
-- Journals under the readiness threshold that their maker or approver released alone.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT release.external_id, release.released_by
FROM readiness_release AS release
INNER JOIN journal ON release.external_id = journal.external_id
WHERE
    release.released_by = any(journal.makers)
    OR EXISTS (
        SELECT 1
        FROM approval
        WHERE
            approval.external_id = release.external_id
            AND approval.decided_by = release.released_by
            AND approval.voided_at IS NULL
    );
