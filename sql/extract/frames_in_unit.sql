-- name: frames_in_unit(unit_key, sha256)
-- What was read from the other documents of a unit, whether their source knows that we have them
-- or not.
-- used by: workflows/known_reports.py
SELECT
    document.name,
    document.frame_sha256
FROM unit_document AS member
INNER JOIN source_document AS document ON member.sha256 = document.sha256
WHERE
    member.unit_key = :unit_key
    AND document.sha256 <> :sha256
    AND member.superseded_by IS NULL
    AND NOT member.withdrawn
    AND document.frame_sha256 <> ''
ORDER BY document.received_at, document.sha256;
