-- The month of a counter as YYYYMM. Imported counters name it 1 to 12: that month of the current year.
create or replace function public.counter_month(p_month integer) returns integer
language sql stable set search_path = '' as $$
  select case when p_month between 1 and 12
    then extract(year from niaga.now() at time zone 'Asia/Jakarta')::integer * 100 + p_month else p_month end
$$;
