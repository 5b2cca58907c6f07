-- Who may look at the tables may not lock or make rows in them for all that.
-- niaga:require functions/lock_points.sql

-- migrate:up
revoke execute on function lock_points(text), lock_balance(text, text) from public;
grant execute on function lock_points(text), lock_balance(text, text) to niaga_app;

-- migrate:down
revoke execute on function lock_points(text), lock_balance(text, text) from niaga_app;
grant execute on function lock_points(text), lock_balance(text, text) to public;
-- These name a table's type, so the table cannot go before them.
drop function if exists promised_discount(user_transaction), discount_stands(user_transaction);
