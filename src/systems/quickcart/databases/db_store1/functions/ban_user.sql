-- Bans somebody (QuickCart, UC 19): marked, and what they had open is given up, in one piece with the caller's
-- transaction. Their balance stays theirs: nothing is spent from it, and late money is still credited to it.
-- Answers the invoices that were given up; none where the person was banned before and had none.
-- Refuses with user_not_found, target_is_admin.
-- As the owner: a ban is not a column that the application may write.
create or replace function public.ban_user(p_user bigint) returns setof text
language plpgsql security definer set search_path = '' as $$
declare
  v_invoice text;
begin
  if public.lock_person(p_user) = 'admin' then
    perform public.refuse('target_is_admin', jsonb_build_object('user_id', p_user::text));
  end if;
  update public.users u set is_banned = true where u.id = p_user and not u.is_banned;
  -- Behind the lock nothing new can be opened, and nothing settled.
  for v_invoice in
    select p.invoice_id from public.payments p join public.orders o on o.id = p.order_id
      where o.user_id = p_user and o.status = 'pending'
    union all
    select p.invoice_id from public.payments p join public.deposits d on d.id = p.deposit_id
      where d.user_id = p_user and d.status = 'pending'
  loop
    perform public.cancel_payment(v_invoice, 'ban');
    return next v_invoice;
  end loop;
end
$$;

-- Refuses with user_not_found.
create or replace function public.unban_user(p_user bigint) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform public.lock_person(p_user);
  update public.users u set is_banned = false where u.id = p_user and u.is_banned;
end
$$;

-- The lock that comes before every other, on anybody who was not erased. Answers their role.
create or replace function public.lock_person(p_user bigint) returns text
language plpgsql set search_path = '' as $$
declare
  v_role text;
begin
  select u.member_status into v_role from public.users u
    where u.id = p_user and u.erased_at is null for no key update;
  if not found then
    perform public.refuse('user_not_found');
  end if;
  return v_role;
end
$$;
