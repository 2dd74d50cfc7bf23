-- name: insert_mapping_row(table_name, natural_key, content, valid_from, valid_to, author, reason, created_at)
-- Propose a new version of a mapping row; no last day means until another row of its key begins.
-- returns: its id and version
-- used by: workflows/mappings.py
INSERT INTO mapping_row (
    table_name, natural_key, version, content, valid_from, valid_to, author, reason, created_at
)
SELECT
    :table_name,
    :natural_key,
    coalesce(max(known.version), 0) + 1,
    :content,
    :valid_from,
    coalesce(CAST(:valid_to AS date), 'infinity'),
    :author,
    :reason,
    :created_at
FROM mapping_row AS known
WHERE known.table_name = :table_name AND known.natural_key = :natural_key
RETURNING id, version;
