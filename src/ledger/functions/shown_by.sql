-- SQL for what a projection's column shows of the account row called p_alias: (a.balance) * 0.01
create or replace function ledger.shown_by(p ledger.projection, p_alias text) returns text
language sql stable set search_path = '' as $$
  select format(case p.measure when 'balance' then '%1$I.balance' when 'held' then '%1$I.held'
      else '(%1$I.balance - %1$I.held)' end
    || case when u.scale = 0 then '' else ' * 1e-' || u.scale || '::numeric' end, p_alias)
  from ledger.unit u where u.code = p.unit
$$;
