-- name: cost_center_owners(source)
-- Cost centers that only some entities may use, as the ERP says it now.
-- used by: workflows/intercompany.py
SELECT code, entities
FROM reference_object
WHERE
    source = :source
    AND kind = 'cost_center'
    AND known_to = 'infinity'
    AND cardinality(entities) > 0
ORDER BY code;
