-- name: inputs_current(external_id)
-- Whether every document of a journal still stands in its unit.
-- used by: workflows/post.py
SELECT NOT EXISTS (
    SELECT 1
    FROM lineage AS link
    INNER JOIN journal ON link.external_id = journal.external_id
    INNER JOIN unit_document AS member
        ON link.document = member.sha256 AND journal.unit_key = member.unit_key
    WHERE
        link.external_id = :external_id
        AND (member.superseded_by IS NOT NULL OR member.withdrawn)
) AS inputs_current;
