-- Points (UserState, U15). Every change is a row of point_mutation, which is its own posting.
-- niaga:require functions/refuse.sql
-- niaga:require functions/ensure_wallet.sql

-- Turns whole points into balance (4: M15). Answers the mutation and the POINT_REDEEM transaction. Refuses with
-- account_disabled, amount_out_of_range, insufficient_points, wallet_limit_exceeded.
create or replace function public.redeem_points(
  p_username text, p_points integer, out mutation integer, out transaction bigint)
language plpgsql set search_path = '' as $$
declare
  v_money constant bigint := p_points::bigint * public.setting_number('points.value');
  v_least constant integer := public.setting_number('points.min_redeem');
  v_most constant integer := public.setting_number('wallet.max_balance');
begin
  perform from public.user_login l where l.username = p_username and not l.disabled for no key update;
  if not found then
    perform public.refuse('account_disabled');
  elsif p_points < v_least or v_money < 1 then
    perform public.refuse('amount_out_of_range', jsonb_build_object('min', v_least::text, 'max', 'what there is'));
  end if;
  perform public.ensure_wallet(p_username);
  if v_money + (select b.balance from public.user_balance b where b.username = p_username) > v_most then
    perform public.refuse('wallet_limit_exceeded', jsonb_build_object('max', v_most::text));
  end if;
  transaction := nextval('public.user_transaction_id_seq');
  begin
    insert into public.point_mutation (username, type, amount, reference_number, src, status, account_name, created_at,
      updated_at)
    values (p_username, 'REDEEM', p_points, 'TX-' || transaction, 'WALLET', 'COMPLETE', 'WALLET', niaga.now(), niaga.now())
    returning id into mutation;
  exception when sqlstate 'NGL02' then
    perform public.refuse('insufficient_points');
  end;
  perform ledger.post('redeem:' || mutation, 'expense:points', 'wallet:' || p_username, v_money, 'redeem');
  insert into public.user_transaction (id, username, type, amount, invoice, status, src, paid_at, transfer_id, created_at,
    updated_at)
  values (transaction, p_username, 'POINT_REDEEM', v_money, public.next_document('INVOICE'), 'PAID', 'POINTS', niaga.now(),
    ledger.id_of('redeem:' || mutation), niaga.now(), niaga.now());
end
$$;

-- A service gives points or takes them. Answers the mutation's id. Refuses with not_found, account_disabled,
-- amount_out_of_range, duplicate_reference, insufficient_points.
create or replace function public.grant_points(p_username text, p_type public.enum_point_mutation_type, p_amount numeric,
  p_reference text, p_src text, p_status public.enum_point_mutation_status, p_holder text) returns integer
language plpgsql set search_path = '' as $$
declare
  v_most constant integer := public.setting_number('points.service_max');
  v_disabled boolean;
  v_id integer;
begin
  select l.disabled into v_disabled from public.user_login l where l.username = p_username for no key update;
  if not found then
    perform public.refuse('not_found');
  elsif v_disabled then
    perform public.refuse('account_disabled');
  elsif p_amount > v_most then
    perform public.refuse('amount_out_of_range', jsonb_build_object('min', '0.01', 'max', v_most::text));
  elsif exists (
    select from public.point_mutation m
    where m.reference_number = p_reference and m.username = p_username and m.type = p_type and m.src = p_src)
    -- Our own invoices are the references of what payments earn and refunds take back.
    or (p_src = 'TRANSACTION' and p_reference ~ '^INV-[0-9]{6}-[0-9]+$')
  then
    perform public.refuse('duplicate_reference');
  end if;
  insert into public.point_mutation (username, type, amount, reference_number, src, status, account_name, created_at,
    updated_at)
  values (p_username, p_type, p_amount, p_reference, p_src, p_status, p_holder, niaga.now(), niaga.now())
  returning id into v_id;
  return v_id;
exception when sqlstate 'NGL02' then
  perform public.refuse('insufficient_points');
end
$$;

-- Earned points whose time has come. Answers how many.
create or replace function public.mature_points(p_limit integer) returns integer
language plpgsql set search_path = '' as $$
declare
  v_count integer;
begin
  update public.point_mutation m set status = 'COMPLETE'
  where m.id in (
    select o.id from public.point_mutation o
    where o.status = 'PENDING' and o.available_at <= niaga.now()
    order by o.available_at limit p_limit for no key update skip locked);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
