-- Take the rows of one EB out of a raw table, if that was noted.
delete from {{ table }} as old
where
    old.uid = {{ uid }}
    and exists (
        select 1
        from {{ tables.asdm }} as asdm
        where
            asdm.uid = old.uid
            and asdm.uid = {{ uid }}
            and asdm.calibrations_removed_at is not null
    )
