-- name: claim_unit(unit_key, holder, seconds)
-- Take the unit by database time; the same holder may take it again, under a new fence.
-- returns: the fence, or no row when someone else holds it
-- used by: workflows/units.py
UPDATE work_unit
SET
    lease_holder = :holder,
    lease_until = clock_timestamp() + make_interval(secs => :seconds),
    fence = fence + 1
WHERE
    unit_key = :unit_key
    AND (
        lease_until IS NULL
        OR lease_until < clock_timestamp()
        OR lease_holder = :holder
    )
RETURNING fence;
