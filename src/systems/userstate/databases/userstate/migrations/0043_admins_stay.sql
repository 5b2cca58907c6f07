-- The roles are not lost all at once either.
-- niaga:require functions/staff_role.sql

-- migrate:up
CREATE TRIGGER keep_admins BEFORE TRUNCATE ON user_role
FOR EACH STATEMENT EXECUTE FUNCTION keep_admins();

-- migrate:down
DROP TRIGGER keep_admins ON user_role;
