-- Moves p_amount minor units from p_debit to p_credit: the first falls, the second rises (turned round for a
-- debit-normal account). Returns the transfer's id, ledger.id_of(p_reference).
-- The same reference again: the same debit, credit, amount and kind is a no-op, anything else is refused.
--
-- Everybody locks in one order: accounts with one balance row from the youngest to the oldest, then stripes by
-- account. So two posts never deadlock, and the rows that everybody writes are held shortest: the accounts that
-- the system opened before its people came, and the stripes.
create or replace function ledger.post(
  p_reference text, p_debit text, p_credit text, p_amount bigint, p_kind text, p_metadata jsonb default null)
returns uuid
language plpgsql security definer set search_path = ''
-- A plan for a small table, kept while the table grows, would read all of it.
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_id constant uuid := ledger.id_of(p_reference);
  v_debit bigint;
  v_credit bigint;
  v_debit_striped boolean;
  v_credit_striped boolean;
  v_debit_delta bigint;
  v_credit_delta bigint;
  v_debit_balance bigint;
  v_credit_balance bigint;
  v_posted boolean;
  v_moved boolean := true;
begin
  select d.id, d.striped, -p_amount * d.normal, c.id, c.striped, p_amount * c.normal,
    exists (select from ledger.transfer t where t.id = v_id)
  into v_debit, v_debit_striped, v_debit_delta, v_credit, v_credit_striped, v_credit_delta, v_posted
  from ledger.account d, ledger.account c
  where d.name = p_debit and c.name = p_credit and d.unit = c.unit and d.id <> c.id;
  if not found or not coalesce(p_amount > 0 and length(p_reference) between 1 and 200 and p_kind <> '', false) then
    perform ledger.refuse_leg(p_reference, p_debit, p_credit, p_amount, p_kind);
  end if;
  if v_posted then
    return ledger.replay(p_reference, array[ledger.leg(p_debit, p_credit, p_amount, p_kind)]);
  end if;

  if v_credit > v_debit and not v_credit_striped then
    update ledger.account a set balance = a.balance + v_credit_delta
    where a.id = v_credit and not a.striped and (a.floor is null or a.balance - a.held + v_credit_delta >= a.floor)
    returning a.balance into v_credit_balance;
    if not found then
      return ledger.post_late(p_reference, ledger.leg(p_debit, p_credit, p_amount, p_kind), v_credit, v_credit_delta);
    end if;
  end if;
  if not v_debit_striped then
    update ledger.account a set balance = a.balance + v_debit_delta
    where a.id = v_debit and not a.striped and (a.floor is null or a.balance - a.held + v_debit_delta >= a.floor)
    returning a.balance into v_debit_balance;
    if not found then
      return ledger.post_late(p_reference, ledger.leg(p_debit, p_credit, p_amount, p_kind), v_debit, v_debit_delta,
        case when v_credit_balance is not null then v_credit end, v_credit_delta);
    end if;
  end if;
  if v_credit < v_debit and not v_credit_striped then
    update ledger.account a set balance = a.balance + v_credit_delta
    where a.id = v_credit and not a.striped and (a.floor is null or a.balance - a.held + v_credit_delta >= a.floor)
    returning a.balance into v_credit_balance;
    if not found then
      return ledger.post_late(p_reference, ledger.leg(p_debit, p_credit, p_amount, p_kind), v_credit, v_credit_delta,
        case when v_debit_balance is not null then v_debit end, v_debit_delta);
    end if;
  end if;

  insert into ledger.transfer (id, posted_at, debit, credit, amount, debit_balance, credit_balance,
    leg, legs, kind, reference, metadata)
  values (v_id, ledger.clock(), v_debit, v_credit, p_amount, v_debit_balance, v_credit_balance,
    1, 1, p_kind, p_reference, p_metadata)
  on conflict (id) do nothing;
  if not found then
    return ledger.post_late(p_reference, ledger.leg(p_debit, p_credit, p_amount, p_kind), null, null,
      case when v_debit_balance is not null then v_debit end, v_debit_delta,
      case when v_credit_balance is not null then v_credit end, v_credit_delta);
  end if;

  if v_debit_striped and v_debit < v_credit then
    update ledger.stripe s set balance = s.balance + v_debit_delta
    where s.account = v_debit and s.stripe = pg_backend_pid() % 32;
    v_moved := found;
  end if;
  if v_credit_striped then
    update ledger.stripe s set balance = s.balance + v_credit_delta
    where s.account = v_credit and s.stripe = pg_backend_pid() % 32;
    v_moved := v_moved and found;
  end if;
  if v_debit_striped and v_credit < v_debit then
    update ledger.stripe s set balance = s.balance + v_debit_delta
    where s.account = v_debit and s.stripe = pg_backend_pid() % 32;
    v_moved := v_moved and found;
  end if;
  if not v_moved then
    -- It has just been given a floor (ledger.set_floor) and one balance row.
    raise exception 'account % or % changed meanwhile', p_debit, p_credit using errcode = 'serialization_failure';
  end if;
  return v_id;
end
$$;
