-- Trigger function: voucher.redeemed_count is how often a voucher is reserved or redeemed, whoever writes that down. Codes
-- of an adopted database may name no voucher.
create or replace function public.count_voucher_use() returns trigger
language plpgsql set search_path = '' as $$
declare
  v_more constant integer :=
    coalesce((new.status <> 'CANCELLED')::integer, 0) - coalesce((old.status <> 'CANCELLED')::integer, 0);
begin
  if v_more <> 0 then
    update public.voucher v set redeemed_count = v.redeemed_count + v_more where v.code = coalesce(new.code, old.code);
  end if;
  return null;
end
$$;
