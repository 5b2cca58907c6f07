-- Nobody searches the record by what these columns hold, and each reading of statistics sorted thousands of their values:
-- more than a second of a processor, as often as the record had grown by a tenth.

-- migrate:up
alter table audit_logs
  alter column event_id set statistics 0,
  alter column before_state set statistics 0,
  alter column after_state set statistics 0,
  alter column context set statistics 0,
  alter column payload_salt set statistics 0,
  alter column payload_hash set statistics 0,
  alter column prev_hash set statistics 0,
  alter column row_hash set statistics 0;

-- migrate:down
alter table audit_logs
  alter column event_id set statistics -1,
  alter column before_state set statistics -1,
  alter column after_state set statistics -1,
  alter column context set statistics -1,
  alter column payload_salt set statistics -1,
  alter column payload_hash set statistics -1,
  alter column prev_hash set statistics -1,
  alter column row_hash set statistics -1;
