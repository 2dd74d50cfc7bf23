-- name: inputs_current(external_id)
-- Whether every document of a journal still stands in its unit.
-- used by: workflows/post.py
SELECT NOT EXISTS (
    SELECT 1
    FROM journal
    INNER JOIN lineage_block AS stored ON journal.journal_id = stored.journal_id
    INNER JOIN source_document AS document ON stored.document_id = document.document_id
    INNER JOIN unit_document AS member
        ON document.sha256 = member.sha256 AND journal.unit_key = member.unit_key
    WHERE
        journal.external_id = :external_id
        AND (member.superseded_by IS NOT NULL OR member.withdrawn)
) AS inputs_current;
