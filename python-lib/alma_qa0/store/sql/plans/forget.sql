-- Take the EBs of the batch out of the bookkeeping of some marts.
delete from {{ tables.refresh }}
where
    relation in {{ marts }}
    and uid in (select batch.uid from batch)
