-- A table for the tests of transactions and of the errors they translate.

-- migrate:up
create table person (
  name text not null,
  age integer not null,
  constraint person_name_key unique (name)
);
create function too_young() returns trigger language plpgsql as $$
begin
  raise exception 'too young' using errcode = 'NGX01', detail = jsonb_build_object('age', new.age)::text;
end
$$;
create trigger too_young before insert on person for each row when (new.age < 0) execute function too_young();

-- migrate:down
drop table person;
drop function too_young();
