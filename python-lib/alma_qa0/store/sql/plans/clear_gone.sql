-- Take out of one mart, or of its bookkeeping, those of some EBs that their source still does not have.
delete from {{ table }} as mart_row
where
    mart_row.uid in {{ uids }}
    {% if marts is not none %}
    and mart_row.relation in {{ marts }}
    {% endif %}
    and not exists (
        select 1
        from {{ source_table }} as source_row
        where
            source_row.uid = mart_row.uid
            and source_row.uid in {{ uids }}
    )
