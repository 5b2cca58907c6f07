-- Rows that waited for the relay carry transaction numbers of the server they were written on. On a younger server they
-- would wait until its own numbers have come that far, and be overtaken by every new row. They keep their order, below
-- everything that is still to come.
create temporary table waiting on commit drop as select * from audit.outbox;
delete from audit.outbox;
update waiting w set xid = '3', seq = -o.n
from (select event_id, row_number() over (order by xid desc, seq desc) as n from waiting) o
where o.event_id = w.event_id;
insert into audit.outbox overriding system value select * from waiting;
drop table waiting;
