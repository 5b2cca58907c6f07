-- The shop's accounts, and the balance that every person sees: it is what their account holds.

-- migrate:up
-- No floors: what the gateway holds for us, what vouchers cost and what was there at the opening run below zero by
-- design, a correction may go either way, and a refund may be larger than the day's sales.
select ledger.open_account(name, 'IDR', null) from unnest(array[
  'gateway.pakasir', 'gateway.fees', 'sales', 'promo.vouchers', 'adjustments', 'opening', 'forfeited', 'suspense'
]) name;
select ledger.declare_projection('users', 'account_balance', 'id', 'user.{id}', 'IDR', 'opening');

-- migrate:down
-- The accounts stay: the ledger forgets nothing.
select ledger.undeclare_projection('users', 'account_balance');
