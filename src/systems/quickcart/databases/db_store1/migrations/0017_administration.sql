-- What administration needs: people found by the beginning of a name, a handle or an id, and discounts that are set.
-- Roles and bans stay out of the application's reach: set_member_status, ban_user and unban_user decide about them.
-- niaga:accept index-blocks-writes because no shop is older than this file: the table is empty or small

-- migrate:up
CREATE INDEX users_name_prefix ON users (lower(name) text_pattern_ops);
CREATE INDEX users_username_prefix ON users (lower(username) text_pattern_ops);
CREATE INDEX users_id_prefix ON users ((id::text) text_pattern_ops);
CREATE INDEX users_by_role ON users (member_status, id);
CREATE INDEX users_banned ON users (id) WHERE is_banned;

grant insert (scope, product_id, category, kind, value, created_by, created_at, updated_at),
  update (kind, value, is_active, created_by) on price_discounts to niaga_app;

-- migrate:down
revoke insert (scope, product_id, category, kind, value, created_by, created_at, updated_at),
  update (kind, value, is_active, created_by) on price_discounts from niaga_app;
DROP INDEX users_banned;
DROP INDEX users_by_role;
DROP INDEX users_id_prefix;
DROP INDEX users_username_prefix;
DROP INDEX users_name_prefix;
