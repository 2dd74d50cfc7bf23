-- name: inputs_current(external_id)
-- Whether every document of a journal still stands in its unit; one that the ledger holds through
-- another journal is being taken back, and stands for that.
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
        AND NOT EXISTS (
            SELECT 1
            FROM lineage_block AS other
            INNER JOIN journal AS posted ON other.journal_id = posted.journal_id
            WHERE
                other.document_id = stored.document_id
                AND posted.external_id <> journal.external_id
                AND posted.reverses IS NULL
                AND posted.state IN (
                    'accepted', 'posted', 'read_back', 'tied_out', 'drifted', 'reversed'
                )
        )
) AS inputs_current;
