-- Not even the owner changes what was posted.
-- niaga:require functions/append_only.sql

-- migrate:up
create trigger append_only before update or delete or truncate on ledger.transfer
for each statement execute function ledger.append_only();
create trigger append_only before delete or truncate on ledger.account
for each statement execute function ledger.append_only();
create trigger fixed_terms before update of id, unit, normal on ledger.account
for each statement execute function ledger.append_only();

-- migrate:down
drop trigger append_only on ledger.transfer;
drop trigger append_only on ledger.account;
drop trigger fixed_terms on ledger.account;
drop function ledger.append_only();
drop function ledger.refuse(text, text, jsonb);
