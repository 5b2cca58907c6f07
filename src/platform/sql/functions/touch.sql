-- Trigger function: a changed row says when. By the business clock, since days and years are counted from it.
create or replace function niaga.touch() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := niaga.now();
  return new;
end
$$;
