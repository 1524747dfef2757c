-- The EBs that start on some days, UTC.
select block.uid
from {{ tables.exec_block }} as block
where (block.start_time at time zone 'UTC')::date in {{ days }}
order by block.uid
