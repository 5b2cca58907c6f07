-- Books one event of the shop: transfers from → to in rupiah, all or none, under the event's reference (QuickCart, 4).
-- Nothing is booked for amounts of zero. The transfers' kind is the reference's first word. The same reference again is
-- a no-op.
create or replace function public.post_transfers(p_reference text, p_from text[], p_to text[], p_amounts numeric[])
returns void
language plpgsql set search_path = '' as $$
declare
  v_legs ledger.leg[];
begin
  select array_agg(row(t.debit, t.credit, ledger.minor(t.amount, 'IDR'), null)::ledger.leg order by t.n) into v_legs
    from unnest(p_from, p_to, p_amounts) with ordinality t (debit, credit, amount, n) where t.amount > 0;
  if v_legs is not null then
    perform ledger.post_journal(p_reference, v_legs, split_part(p_reference, ':', 1));
  end if;
end
$$;
