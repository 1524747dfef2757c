-- How many EBs of the marts were never judged.
select count(*) as n
from {{ execution_block }} as block
where
    not exists (
        select 1
        from {{ evaluation }} as evaluation
        where evaluation.uid = block.uid
    )
