-- The end of a post that could not go through: either somebody posted the same reference while we waited for an
-- account, then what we have moved is taken back and theirs is the result; or p_short has not enough.
create or replace function ledger.post_late(
  p_reference text, p_leg ledger.leg, p_short bigint, p_short_delta bigint,
  p_moved bigint default null, p_moved_delta bigint default null,
  p_also_moved bigint default null, p_also_moved_delta bigint default null) returns uuid
language plpgsql set search_path = '' as $$
begin
  if p_short is not null and not exists (select from ledger.transfer t where t.id = ledger.id_of(p_reference)) then
    perform ledger.refuse_move(p_short, p_short_delta);
  end if;
  if p_moved is not null then perform ledger.move(p_moved, -p_moved_delta); end if;
  if p_also_moved is not null then perform ledger.move(p_also_moved, -p_also_moved_delta); end if;
  return ledger.replay(p_reference, array[p_leg]);
end
$$;
