-- How many EBs of the marts were never judged, without some.
select count(*) as n
from {{ execution_block }} as block
where
    block.uid not in {{ uids }}
    and not exists (
        select 1
        from {{ evaluation }} as evaluation
        where evaluation.uid = block.uid
    )
