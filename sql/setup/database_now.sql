-- name: database_now()
-- The database's clock, which leases are measured by.
SELECT clock_timestamp() AS database_now;
