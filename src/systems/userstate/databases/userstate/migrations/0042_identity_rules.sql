-- What holds of identities whoever changes them: the last admin stays, and proofs end with what they prove.
-- niaga:require functions/credential_changed.sql
-- niaga:require functions/staff_role.sql

-- migrate:up
CREATE TRIGGER last_admin AFTER UPDATE OF disabled ON user_login
FOR EACH ROW WHEN (new.disabled AND NOT old.disabled)
EXECUTE FUNCTION guard_last_admin();
CREATE TRIGGER last_admin AFTER DELETE OR UPDATE ON user_role
FOR EACH ROW WHEN (old.role = 'admin')
EXECUTE FUNCTION guard_last_admin();

CREATE TRIGGER password_changed BEFORE UPDATE OF pwd ON user_login
FOR EACH ROW WHEN (old.pwd IS DISTINCT FROM new.pwd)
EXECUTE FUNCTION password_changed();
CREATE TRIGGER email_changed AFTER UPDATE OF email ON user_info
FOR EACH ROW WHEN (old.email IS DISTINCT FROM new.email)
EXECUTE FUNCTION email_changed();

-- migrate:down
DROP TRIGGER email_changed ON user_info;
DROP TRIGGER password_changed ON user_login;
DROP TRIGGER last_admin ON user_role;
DROP TRIGGER last_admin ON user_login;
