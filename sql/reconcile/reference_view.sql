-- name: reference_view(source, known_at)
-- The ERP's accounts, cost centers and projects as last valid, by what was known at an instant.
-- What is closed by then takes no posting, whatever day the line was earned for.
-- used by: workflows/reconcile.py
SELECT kind, code, active AND NOT missing AS usable
FROM reference_object
WHERE
    source = :source
    AND known_from <= :known_at AND known_to > :known_at
    AND valid_to = 'infinity'
    AND kind IN ('account', 'cost_center', 'project')
ORDER BY kind, code;
