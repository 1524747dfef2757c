-- The EBs whose first row is of some days, UTC. A time without a time zone is UTC, as staging reads it.
select old.uid::text as uid
from {{ tables.cal_atmosphere_production }} as old
where old.uid is not null
group by old.uid
having (to_timestamp(extract(epoch from min(old.startvalidtime))) at time zone 'UTC')::date in {{ days }}
order by old.uid::text
