-- name: trace_documents(wanted)
-- Documents that an id names: by hash, name, business key, run, unit or batch.
-- used by: workflows/trace.py
SELECT DISTINCT
    document.sha256, document.provider, document.name, document.business_key, document.entity,
    document.received_at
FROM source_document AS document
WHERE
    document.sha256 = :wanted
    OR document.name = :wanted
    OR document.business_key = :wanted
    OR document.facts ->> 'run_ref' = :wanted
    OR document.sha256 IN (
        SELECT member.sha256 FROM unit_document AS member WHERE member.unit_key = :wanted
    )
    OR document.sha256 IN (
        SELECT item.document FROM expense_item AS item
        WHERE
            item.report_ref = :wanted
            OR item.report_key = :wanted
            OR item.document_ref = :wanted
            OR item.batch_key = :wanted
    )
ORDER BY document.received_at, document.sha256;
