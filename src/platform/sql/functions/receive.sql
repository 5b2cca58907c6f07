-- Stores an event and the job that will process it, together. The same (source, event_id) again stores nothing,
-- enqueues nothing, and says so. Body and headers are kept as they came.
create or replace function niaga.receive(
  p_source text, p_event_id text, p_body bytea, p_headers jsonb default '{}',
  p_queue text default null, p_sequence bigint default null,
  out id bigint, out duplicate boolean)
language plpgsql set search_path = '' as $$
#variable_conflict use_column
begin
  insert into niaga.inbox as i (source, event_id, queue, sequence, headers, body, received_at)
    values (p_source, p_event_id, p_queue, p_sequence, p_headers, p_body, niaga.now())
    on conflict (source, event_id) do nothing
    returning i.id into receive.id;
  duplicate := receive.id is null;
  if duplicate then
    select i.id into receive.id from niaga.inbox i where i.source = p_source and i.event_id = p_event_id;
  else
    perform niaga.enqueue('inbox_process', jsonb_build_object('id', receive.id),
      p_key => 'inbox:' || receive.id, p_queue => 'inbox:' || p_source || ':' || p_queue);
  end if;
end
$$;
