-- What the marts say of some EBs as a whole.
select
    block.uid,
    block.array_family,
    block.n_antennas,
    block.water_m
from {{ tables.execution_block }} as block
where block.uid in {{ uids }}
