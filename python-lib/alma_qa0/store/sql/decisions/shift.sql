-- The EBs of a shift, in the order in which they ended: from the first moment up to, and without, the end. One whose end is not known
-- counts by its start.
select block.uid
from {{ tables.execution_block }} as block
where
    coalesce(block.end_time, block.start_time) >= {{ first }}
    and coalesce(block.end_time, block.start_time) < {{ end }}
order by
    coalesce(block.end_time, block.start_time) asc,
    block.uid asc
