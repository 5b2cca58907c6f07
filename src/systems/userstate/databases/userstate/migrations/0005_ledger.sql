-- Money and points are the ledger's (UserState, 4); user_balance shows what it says. A rupiah is the smallest unit.
-- niaga:require functions/adopt_points.sql
-- niaga:require functions/ensure_wallet.sql
-- niaga:require functions/open_points.sql
-- niaga:require functions/point_mutation.sql

-- migrate:up
select ledger.declare_unit('IDR', 0);
select ledger.declare_unit('PTS', 2);
-- Where money comes from and goes to, other than to people: they may run below zero.
select ledger.open_account(name, 'IDR', null) from unnest(array[
  'gateway:xendit', 'revenue:commission', 'revenue:payout_fee', 'expense:voucher', 'expense:points',
  'expense:gateway_fee', 'equity:opening', 'equity:adjustment', 'bank:settlement']) name;
select ledger.open_account('issued:points', 'PTS', null);

-- Rows that are there already open their accounts here.
select ledger.declare_projection('user_balance', 'balance', 'username', 'wallet:{username}', 'IDR', 'equity:opening');
select ledger.declare_projection('user_balance', 'in_transaction', 'username', 'wallet:{username}', 'IDR',
  'equity:opening', 'held', p_opening_reference => 'opening_hold:{key}');
select adopt_points();
select ledger.declare_projection('user_balance', 'onapps_point', 'username', 'points:{username}', 'PTS');

-- Named to fire before the triggers of the ledger, which find the account as the row says.
CREATE TRIGGER a_open_points AFTER INSERT ON user_balance
FOR EACH ROW WHEN (new.onapps_point::numeric > 0) EXECUTE FUNCTION open_points();
CREATE TRIGGER prepare BEFORE INSERT OR UPDATE OR DELETE ON point_mutation
FOR EACH ROW EXECUTE FUNCTION prepare_point_mutation();
CREATE TRIGGER post AFTER INSERT OR DELETE ON point_mutation
FOR EACH ROW EXECUTE FUNCTION post_point_mutation();
CREATE TRIGGER post_completed AFTER UPDATE OF status ON point_mutation
FOR EACH ROW WHEN (old.status IS DISTINCT FROM new.status) EXECUTE FUNCTION post_point_mutation();

-- migrate:down
-- The accounts stay: the ledger forgets nothing.
DROP TRIGGER post_completed ON point_mutation;
DROP TRIGGER post ON point_mutation;
DROP TRIGGER prepare ON point_mutation;
DROP TRIGGER a_open_points ON user_balance;
select ledger.undeclare_projection('user_balance', 'onapps_point');
select ledger.undeclare_projection('user_balance', 'in_transaction');
select ledger.undeclare_projection('user_balance', 'balance');
DROP FUNCTION open_points();
DROP FUNCTION post_point_mutation();
DROP FUNCTION prepare_point_mutation();
DROP FUNCTION adopt_points();
