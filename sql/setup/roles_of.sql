-- name: roles_of(user_name)
-- The roles of a user with the entities they cover.
-- used by: workflows/roles.py
SELECT role, entities
FROM role_grant
WHERE user_name = :user_name
ORDER BY role;
