-- name: reference_view(source)
-- The ERP's accounts, cost centers and projects as known now.
-- used by: workflows/reconcile.py
SELECT kind, code, active AND NOT missing AS usable
FROM reference_object
WHERE
    source = :source
    AND known_to = 'infinity'
    AND kind IN ('account', 'cost_center', 'project')
ORDER BY kind, code;
