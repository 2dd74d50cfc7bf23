-- name: audit_gaps()
-- Audit events that do not follow the one before them.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT chain.sequence, chain.previous_sequence
FROM (
    SELECT
        sequence, previous_hash,
        coalesce(lag(sequence) OVER (ORDER BY sequence), 0) AS previous_sequence,
        coalesce(lag(hash) OVER (ORDER BY sequence), repeat('0', 64)) AS expected_hash
    FROM audit_event
) AS chain
WHERE
    chain.sequence <> chain.previous_sequence + 1
    OR chain.previous_hash <> chain.expected_hash;
