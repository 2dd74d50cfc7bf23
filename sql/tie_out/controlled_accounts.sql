-- name: controlled_accounts(entity)
-- Accounts that only Tieout posts to.
-- used by: workflows/tie_out.py
SELECT content ->> 'account' AS account
FROM mapping_row
WHERE
    table_name = 'control'
    AND state = 'active'
    AND content ->> 'control' = 'exclusive'
    AND content ->> 'entity' IN (:entity, '*')
ORDER BY account;
