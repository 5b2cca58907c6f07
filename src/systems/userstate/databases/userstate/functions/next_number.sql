-- The next number of a counter (UserState, U23). INVOICE and TRANSACTION begin again at 1 with each month of
-- Asia/Jakarta; REFERRAL never does. The counter's row stays locked until the end of the transaction, so that numbers
-- follow each other without gaps: a rollback gives its number back. Call nothing outside while it is.
-- niaga:require functions/counter_month.sql
create or replace function public.next_number(p_type text, out number integer, out month integer)
language plpgsql set search_path = '' as $$
declare
  v_now constant integer := case p_type when 'REFERRAL' then 0
    else to_char(niaga.now() at time zone 'Asia/Jakarta', 'YYYYMM')::integer end;
begin
  insert into public.counter as c (type, counter, month) values (p_type, 1, v_now)
  -- A clock that runs behind goes on in the month that has begun.
  on conflict (type) do update set
    counter = case when public.counter_month(c.month) >= v_now then c.counter + 1 else 1 end,
    month = greatest(public.counter_month(c.month), v_now)
  returning c.counter, c.month into number, month;
end
$$;

-- INV-202611-000001, TRX-202611-000001; above 999999 the number just gets longer.
create or replace function public.next_document(p_type text) returns text
language sql volatile set search_path = '' as $$
  select format('%s-%s-%s', case p_type when 'INVOICE' then 'INV' else 'TRX' end, n.month,
    lpad(n.number::text, greatest(6, length(n.number::text)), '0'))
  from public.next_number(p_type) n
$$;
