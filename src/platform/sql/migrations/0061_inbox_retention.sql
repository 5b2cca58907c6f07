-- The application throws away what outside parties sent once it has been kept long enough.

-- migrate:up
grant delete on niaga.inbox to niaga_app;

-- migrate:down
revoke delete on niaga.inbox from niaga_app;
