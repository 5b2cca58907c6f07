-- Raises a refusal of the error catalogue: its code as the constraint, its details as JSON.
create or replace function public.refuse(p_code text, p_details jsonb default '{}') returns void
language plpgsql set search_path = '' as $$
begin
  raise exception using
    errcode = 'NGU01', constraint = p_code, message = p_code, detail = p_details::text;
end
$$;
