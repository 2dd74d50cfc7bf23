-- name: controlled_accounts(entity, as_of)
-- Accounts that only Tieout posts to on a day: of one key the row that began last, unless it has
-- ended; of an account the entity's own row before the one for all.
-- used by: workflows/tie_out.py
WITH begun AS (
    SELECT DISTINCT ON (natural_key)
        valid_to,
        content ->> 'account' AS account,
        content ->> 'control' AS control,
        coalesce(content ->> 'entity' = :entity, FALSE) AS own
    FROM mapping_row
    WHERE
        table_name = 'control'
        AND state = 'active'
        AND content ->> 'entity' IN (:entity, '*', '')
        AND valid_from <= :as_of
        AND valid_to >= valid_from
    ORDER BY natural_key, valid_from DESC
),

governing AS (
    SELECT DISTINCT ON (account)
        account,
        control
    FROM begun
    WHERE valid_to >= :as_of
    ORDER BY account, own DESC
)

SELECT account
FROM governing
WHERE control = 'exclusive'
ORDER BY account;
