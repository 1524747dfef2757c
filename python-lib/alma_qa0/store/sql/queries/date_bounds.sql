-- The first and the last day, UTC, on which an EB starts; both null where there is none.
select
    to_char(min(block.start_time) at time zone 'UTC', 'YYYY-MM-DD') as first,
    to_char(max(block.start_time) at time zone 'UTC', 'YYYY-MM-DD') as last
from {{ tables.execution_block }} as block
