-- name: database_now()
-- The database's clock, which leases are measured by.
-- used by: warehouse/store.py
SELECT clock_timestamp() AS database_now;
