-- Whose picture a file is: asked when it is shown, and before it is thrown away.
-- niaga:accept index-blocks-writes because no wallet is older than this file: the table is empty or small

-- migrate:up
CREATE INDEX idx_user_info_profile_img ON user_info (profile_img) WHERE profile_img IS NOT NULL;

-- migrate:down
DROP INDEX idx_user_info_profile_img;
