-- Note from which version of the source the rows of the batch in one mart were made.
insert into {{ tables.refresh }} (uid, relation, source, source_version, n_rows, refreshed_at)
select
    batch.uid,
    {{ mart }} as relation,
    {{ source }} as source,
    batch.source_version,
    (
        select count(*)
        from {{ table }} as made
        where made.uid = batch.uid
    ) as n_rows,
    now() as refreshed_at
from batch
