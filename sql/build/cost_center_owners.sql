-- name: cost_center_owners(source, known_at)
-- Cost centers that only some entities may use, as the ERP said it by an instant.
-- used by: workflows/intercompany.py
SELECT code, entities
FROM reference_object
WHERE
    source = :source
    AND kind = 'cost_center'
    AND known_from <= :known_at AND known_to > :known_at
    AND valid_to = 'infinity'
    AND cardinality(entities) > 0
ORDER BY code;
