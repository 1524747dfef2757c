-- Take out of one mart what the bookkeeping does not know: rows that no refresh of ours made.
delete from {{ table }} as mart_row
where
    not exists (
        select 1
        from {{ tables.refresh }} as made
        where
            made.relation = {{ mart }}
            and made.uid = mart_row.uid
    )
