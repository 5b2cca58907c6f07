-- Deletes messages between customers and staff after 2 years (QuickCart, 12), at most p_limit at a time. Answers how
-- many; null when nothing is due any more.
create or replace function public.purge_messages(p_limit integer) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_ids constant bigint[] := array(
    select m.id from public.support_messages m where m.created_at <= niaga.now() - interval '2 years'
    order by m.created_at limit p_limit);
  v_counts constant jsonb := jsonb_build_object('support_messages', cardinality(v_ids));
begin
  if cardinality(v_ids) = 0 then
    return null;
  end if;
  -- An answer may be younger than what it answers.
  update public.support_messages m set in_reply_to = null where m.in_reply_to = any(v_ids);
  delete from public.support_messages m where m.id = any(v_ids);
  perform public.note_retention('support_messages', v_counts);
  return v_counts;
end
$$;

-- Deletes the rows of erased people to whom nothing refers any more. Answers how many; null for none.
create or replace function public.purge_people() returns jsonb
language plpgsql security definer set search_path = '' set quickcart.retention = 'on' as $$
declare
  v_user bigint;
  v_gone integer := 0;
begin
  for v_user in
    select u.id from public.users u where u.erased_as is not null
      and not exists (select from public.orders o where o.user_id = u.id)
      and not exists (select from public.deposits d where d.user_id = u.id)
      and not exists (select from public.payments p where p.user_id = u.id)
      and not exists (select from public.refunds r where r.user_id = u.id)
      and not exists (select from public.support_messages m where m.user_id = u.id)
    for update of u skip locked
  loop
    begin
      -- Before the row goes, so that its pseudonym can still be found.
      update public.privacy_requests r set user_id = null where r.user_id = v_user;
      delete from public.users u where u.id = v_user;
      v_gone := v_gone + 1;
    exception when foreign_key_violation then
      -- Somebody who ran the shop once: what they set, gave away or decided still names them.
      null;
    end;
  end loop;
  if v_gone = 0 then
    return null;
  end if;
  perform public.note_retention('users', jsonb_build_object('users', v_gone));
  return jsonb_build_object('users', v_gone);
end
$$;
