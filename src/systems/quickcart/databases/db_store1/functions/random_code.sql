-- A code from PostgreSQL's cryptographic source (that of gen_random_uuid), up to 16 letters of the alphabet. Two
-- bytes choose each letter: of 36 letters none is more than 0.06 % likelier than another.
create or replace function public.random_code(
  p_length integer, p_alphabet text default 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789') returns text
language plpgsql volatile set search_path = '' as $$
declare
  v_bytes bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
begin
  return (
    select string_agg(substr(p_alphabet,
      (get_byte(v_bytes, 2 * i) * 256 + get_byte(v_bytes, 2 * i + 1)) % length(p_alphabet) + 1, 1), '')
    from generate_series(0, p_length - 1) i);
end
$$;

-- TRX20251112K3P9QZ: prefix, Jakarta's date, six letters. Whoever inserts it retries on conflict.
create or replace function public.new_invoice_id(p_prefix text) returns text
language plpgsql volatile set search_path = '' as $$
begin
  return p_prefix || to_char(niaga.now() at time zone 'Asia/Jakarta', 'YYYYMMDD') || public.random_code(6);
end
$$;
