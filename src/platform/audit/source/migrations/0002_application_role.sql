-- The running application notes what happened, and its relay takes away what arrived. Nobody rewrites a note.

-- migrate:up
grant usage on schema audit to niaga_app;
grant select, insert, delete on audit.outbox to niaga_app;

-- migrate:down
revoke all on all tables in schema audit from niaga_app;
revoke usage on schema audit from niaga_app;
