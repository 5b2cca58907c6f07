-- Refresh tokens that ended long ago go while their session lives on.

-- migrate:up
grant delete on niaga.refresh_token to niaga_app;

-- migrate:down
revoke delete on niaga.refresh_token from niaga_app;
