-- Take out of the bookkeeping what is no longer in one mart, as when its table was emptied or dropped: it is then made again.
delete from {{ tables.refresh }} as made
where
    made.relation = {{ mart }}
    and made.n_rows > 0
    and not exists (
        select 1
        from {{ table }} as mart_row
        where mart_row.uid = made.uid
    )
    {% if uids is not none %}
    and made.uid in {{ uids }}
    {% endif %}
