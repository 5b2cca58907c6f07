-- The running shop adds to the audit, reads it, and forgets a person by the one function that may.

-- migrate:up
grant usage on schema public to niaga_app;
grant select, insert on audit_logs to niaga_app;
grant usage on sequence audit_logs_id_seq to niaga_app;
grant execute on function audit_anonymize(bigint, bigint) to niaga_app;

-- migrate:down
revoke execute on function audit_anonymize(bigint, bigint) from niaga_app;
revoke all on sequence audit_logs_id_seq from niaga_app;
revoke all on audit_logs from niaga_app;
revoke usage on schema public from niaga_app;
