-- What waited at the gateway for an older program is found and booked as what we make there.
-- niaga:accept rows-in-migration because only a database that was adopted has such rows
-- niaga:accept no-down because nothing is there that would want it back

-- migrate:up
-- What is paid was booked by the older program; what ended long ago is not asked about all over again.
update user_transaction set src = 'XENDIT'
where xendit_invoice is not null and type in ('TOPUP', 'PAYMENT') and src is distinct from 'XENDIT'
  and (status = 'PENDING' or status <> 'PAID' and updated_at > niaga.now() - interval '7 days');
-- Of what is over no invoice is made any more; money that comes for it all the same finds it by its number.
update user_transaction set src = 'XENDIT', status = 'EXPIRED'
where status = 'PENDING' and xendit_invoice is null and (type = 'TOPUP' or type = 'PAYMENT' and src = 'XENDIT')
  and coalesce(expired_at, '-infinity') <= niaga.now() - interval '1 day';

-- migrate:down
