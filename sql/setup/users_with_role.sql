-- name: users_with_role(role, entity)
-- Who holds a role for an entity.
-- used by: workflows/approve.py
SELECT user_name
FROM role_grant
WHERE role = :role AND (:entity = any(entities) OR '*' = any(entities))
ORDER BY user_name;
