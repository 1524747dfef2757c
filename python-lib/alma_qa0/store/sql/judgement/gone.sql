-- Take out what was said of EBs that are no longer in the marts.
delete from {{ table }} as judged
where
    not exists (
        select 1
        from {{ tables.execution_block }} as block
        where block.uid = judged.uid
    )
