-- Note from which version of the source the rows of the batch in one mart were made.
insert into {{ tables.refresh }} (uid, relation, source, source_version, n_rows, refreshed_at)
select
    batch.uid,
    {{ mart }},
    {{ source }},
    batch.source_version,
    (
        select count(*)
        from {{ table }} as made
        where made.uid = batch.uid
    ),
    now()
from batch
