-- name: replaced_documents(unit_key)
-- Documents of a unit that a corrected delivery replaced or their source took back.
-- used by: workflows/build.py
SELECT
    member.sha256, member.superseded_by, document.name, document.frame_kind,
    document.frame_sha256, control.read_line_count
FROM unit_document AS member
INNER JOIN source_document AS document ON member.sha256 = document.sha256
INNER JOIN document_control AS control ON document.sha256 = control.sha256
WHERE
    member.unit_key = :unit_key
    AND (member.superseded_by IS NOT NULL OR member.withdrawn)
ORDER BY member.sha256;
