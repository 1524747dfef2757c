-- The EBs that were made from this source and are no longer in it. Key: uid.
create temporary table batch on commit drop as
select distinct made.uid
from {{ tables.refresh }} as made
where
    made.source = {{ source }}
    and made.relation in {{ marts }}
    and not exists (
        select 1
        from {{ source_table }} as source_row
        where source_row.uid = made.uid
    )
