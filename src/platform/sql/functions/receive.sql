-- Stores an event and the job that will process it, together. The same (source, event_id) again stores nothing,
-- enqueues nothing, and says so. Body and headers are kept as they came.
create or replace function niaga.receive(
  p_source text, p_event_id text, p_body bytea, p_headers jsonb default '{}',
  p_queue text default null, p_sequence bigint default null,
  out id bigint, out duplicate boolean)
language plpgsql set search_path = '' as $$
begin
  insert into niaga.inbox as i (source, event_id, queue, sequence, headers, body, received_at)
    values (p_source, p_event_id, p_queue, p_sequence, p_headers, p_body, niaga.now())
    on conflict on constraint inbox_event do nothing
    returning i.id into id;
  duplicate := id is null;
  if duplicate then
    select i.id into id from niaga.inbox i where i.source = p_source and i.event_id = p_event_id;
  else
    perform niaga.enqueue_inbox(id, p_queue, null);
  end if;
end
$$;

-- The job of one event. Events of one queue share a job queue with some others (32 of them, not one for each
-- chat: every fetch of jobs looks at all queues), so that they never run side by side.
create or replace function niaga.enqueue_inbox(p_id bigint, p_queue text, p_run_at timestamptz) returns void
language plpgsql set search_path = '' as $$
begin
  perform niaga.enqueue('inbox_process', jsonb_build_object('id', p_id), p_run_at, 'inbox:' || p_id,
    'inbox:' || (hashtext(p_queue) & 31));
end
$$;
