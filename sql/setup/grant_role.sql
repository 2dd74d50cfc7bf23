-- name: grant_role(user_name, role, entities)!
-- One role of a user, with the entities it covers (`*` is all).
-- used by: workflows/setup.py
INSERT INTO role_grant (user_name, role, entities)
VALUES (:user_name, :role, :entities)
ON CONFLICT (user_name, role) DO UPDATE SET entities = excluded.entities;
