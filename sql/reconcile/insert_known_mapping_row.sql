-- name: insert_known_mapping_row(table_name, natural_key, version, content, valid_from, valid_to, author, reason, decided_by, at, known_from)!
-- Put a row of the first load in place: proposed, decided and known at once.
-- used by: workflows/mapping_import.py
INSERT INTO mapping_row (
    table_name, natural_key, version, content, valid_from, valid_to, author, reason, created_at,
    state, decided_by, decided_at, known_from
)
VALUES (
    :table_name, :natural_key, :version, :content, :valid_from,
    coalesce(CAST(:valid_to AS date), 'infinity'), :author, :reason, :at,
    'active', :decided_by, :at, :known_from
);
