-- name: proposals()
-- Mapping rows that wait for another person, beside what is active now.
-- used by: cockpit/mappings_read.py
SELECT
    proposal.id, proposal.table_name, proposal.natural_key, proposal.version,
    proposal.content, proposal.valid_from, proposal.author, proposal.reason,
    proposal.created_at, active.version AS active_version, active.content AS active_content
FROM mapping_row AS proposal
LEFT JOIN mapping_row AS active
    ON
        proposal.table_name = active.table_name
        AND proposal.natural_key = active.natural_key
        AND active.state = 'active'
WHERE proposal.state = 'proposed'
ORDER BY proposal.id;
