-- name: replaced_in_ledger(unit_key, states, committed)
-- Journals of a unit in the ledger with the documents behind them that were replaced or taken back,
-- as long as no correction of them is in the ledger or on its way there.
-- returns: a row per journal and document, the oldest journal first
-- used by: workflows/correct.py
SELECT DISTINCT
    journal.external_id, journal.entity, journal.content, journal.revision,
    document.sha256 AS document, member.withdrawn
FROM journal
INNER JOIN lineage_block AS stored ON journal.journal_id = stored.journal_id
INNER JOIN source_document AS document ON stored.document_id = document.document_id
INNER JOIN unit_document AS member
    ON document.sha256 = member.sha256 AND journal.unit_key = member.unit_key
WHERE
    journal.unit_key = :unit_key
    AND journal.state = any(:states)
    AND journal.kind <> 'correction'
    AND journal.reverses IS NULL
    AND (member.superseded_by IS NOT NULL OR member.withdrawn)
    AND NOT EXISTS (
        SELECT 1
        FROM journal AS correction
        INNER JOIN lineage_block AS taken ON correction.journal_id = taken.journal_id
        WHERE
            correction.reverses = journal.external_id
            AND correction.kind = 'correction'
            AND correction.state = any(:committed)
            AND taken.document_id = stored.document_id
    )
ORDER BY journal.revision, journal.external_id, document.sha256;
