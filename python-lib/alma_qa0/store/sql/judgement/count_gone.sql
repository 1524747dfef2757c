-- How many EBs were judged and are no longer in the marts.
select count(*) as n
from {{ tables.evaluation }} as evaluation
where
    not exists (
        select 1
        from {{ tables.execution_block }} as block
        where block.uid = evaluation.uid
    )
