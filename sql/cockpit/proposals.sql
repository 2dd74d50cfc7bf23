-- name: proposals()
-- Mapping rows that wait for another person, beside what is active now of the same first day.
-- used by: cockpit/mappings_read.py
SELECT
    proposal.id, proposal.table_name, proposal.natural_key, proposal.version,
    proposal.content, proposal.valid_from, nullif(proposal.valid_to, 'infinity') AS valid_to,
    proposal.valid_to < proposal.valid_from AS withdraws, proposal.author, proposal.reason,
    proposal.created_at, active.version AS active_version, active.content AS active_content,
    nullif(active.valid_to, 'infinity') AS active_valid_to
FROM mapping_row AS proposal
LEFT JOIN mapping_row AS active
    ON
        proposal.table_name = active.table_name
        AND proposal.natural_key = active.natural_key
        AND proposal.valid_from = active.valid_from
        AND active.state = 'active'
WHERE proposal.state = 'proposed'
ORDER BY proposal.id;
