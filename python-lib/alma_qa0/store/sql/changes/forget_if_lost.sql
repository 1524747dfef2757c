-- Take out the mark that was kept if the bookkeeping has EBs that are no longer in one mart: they were there when the source was marked,
-- and would look as if they came since.
delete from {{ tables.refresh }}
where
    uid = ''
    and relation = 'source'
    and exists (
        select 1
        from {{ tables.refresh }} as made
        where
            made.relation = {{ mart }}
            and made.n_rows > 0
            and not exists (
                select 1
                from {{ table }} as mart_row
                where mart_row.uid = made.uid
            )
    )
