-- How many EBs were made from this source and are no longer in it.
select count(distinct made.uid) as n
from {{ tables.refresh }} as made
where
    made.source = {{ source }}
    and made.relation in {{ marts }}
    and not exists (
        select 1
        from {{ source_table }} as source_row
        where source_row.uid = made.uid
    )
