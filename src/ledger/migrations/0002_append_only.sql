-- Not even the owner changes what was posted.
-- niaga:require functions/append_only.sql
-- niaga:require functions/check_name.sql

-- migrate:up
create trigger append_only before update or delete or truncate on ledger.transfer
for each statement execute function ledger.append_only();
create trigger append_only before delete or truncate on ledger.account
for each statement execute function ledger.append_only();
create trigger fixed_terms before update of id, unit, normal on ledger.account
for each statement execute function ledger.append_only();

-- Not a CHECK, which would run its pattern at every change of a balance, and not before updates: a table with a
-- BEFORE UPDATE row trigger locks every row once more, whatever its columns.
create trigger check_name before insert on ledger.account
for each row execute function ledger.check_name();

-- migrate:down
drop trigger append_only on ledger.transfer;
drop trigger append_only on ledger.account;
drop trigger fixed_terms on ledger.account;
drop trigger check_name on ledger.account;
drop function ledger.check_name();
drop function ledger.append_only();
drop function ledger.refuse(text, text, jsonb);
