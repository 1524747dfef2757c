-- The EBs of a mart of one row per EB that start on one of some days (UTC).
select block.uid
from {{ table }} as block
where (block.start_time at time zone 'UTC')::date in {{ days }}
