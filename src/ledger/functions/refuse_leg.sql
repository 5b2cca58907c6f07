-- Says what is wrong with a transfer that the posting functions could not take.
create or replace function ledger.refuse_leg(
  p_reference text, p_debit text, p_credit text, p_amount bigint, p_kind text) returns void
language plpgsql set search_path = '' as $$
declare
  v_unknown text;
begin
  if not coalesce(length(p_reference) between 1 and 200 and p_kind <> '', false) then
    perform ledger.refuse('ledger_reference_invalid', 'a transfer needs a kind and a reference of 1 to 200 characters',
      jsonb_build_object('reference', p_reference));
  elsif p_amount is null or p_amount <= 0 then
    perform ledger.refuse('ledger_amount_invalid', format('%s is not an amount above zero', coalesce(p_amount::text, 'null')),
      jsonb_build_object('amount', p_amount::text));
  elsif p_debit = p_credit then
    perform ledger.refuse('ledger_same_account', format('%s cannot pay itself', p_debit),
      jsonb_build_object('account', p_debit));
  end if;
  select n.name into v_unknown from unnest(array[p_debit, p_credit]) with ordinality n (name, i)
  where not exists (select from ledger.account a where a.name = n.name) order by n.i limit 1;
  if found then
    perform ledger.refuse('ledger_account_unknown', format('there is no account %s', coalesce(v_unknown, 'null')),
      jsonb_build_object('account', v_unknown));
  end if;
  perform ledger.refuse('ledger_unit_mismatch', format('%s and %s are in different units', p_debit, p_credit),
    jsonb_build_object('debit', p_debit, 'credit', p_credit));
end
$$;
