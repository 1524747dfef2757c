-- Keep a mark. It stands in the bookkeeping for the source as a whole, without a uid.
insert into {{ tables.refresh }} (uid, relation, source, source_version, n_rows, refreshed_at)
select
    '' as uid,
    'source' as relation,
    {{ source }} as source,
    {{ mark }} as source_version,
    0 as n_rows,
    now() as refreshed_at
where
    not exists (
        select 1
        from {{ tables.refresh }} as kept
        where
            kept.uid = ''
            and kept.relation = 'source'
    )
