-- name: reports_routed(provider, report_keys, sha256)
-- Which of these reports have lines in another document of the provider, routed before.
-- used by: workflows/known_reports.py
SELECT
    item.report_key,
    min(document.name) AS name
FROM expense_item AS item
INNER JOIN source_document AS document ON item.document = document.sha256
WHERE
    item.report_key = any(:report_keys)
    AND document.provider = :provider
    AND item.document <> :sha256
GROUP BY item.report_key
ORDER BY item.report_key;
