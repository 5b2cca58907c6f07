-- How many messages of a broadcast there are in the outbox, and what became of them. Read from one index.
create or replace function public.broadcast_counts(
  p_id bigint, out total integer, out open integer, out sent integer, out failed integer)
language sql stable set search_path = '' as $$
  select count(*), count(*) filter (where o.status in ('queued', 'sending')),
    count(*) filter (where o.status = 'sent'), count(*) filter (where o.status = 'failed')
  from public.telegram_outbox o where o.ref_type = 'broadcast' and o.ref_id = p_id::text
$$;
