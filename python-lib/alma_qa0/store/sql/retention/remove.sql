-- Take the rows of some EBs out of a raw table, if their marts are still made of the files as they were taken in.
delete from {{ table }} as old
where
    old.uid in {{ uids }}
    and exists (
        select 1
        from {{ tables.asdm }} as asdm
        inner join {{ tables.refresh }} as made on asdm.uid = made.uid
        where
            asdm.uid = old.uid
            and asdm.uid in {{ uids }}
            and made.uid in {{ uids }}
            and made.source = 'asdm'
            and made.relation = 'scan_summary'
            and made.source_version = {{ recipe }} || asdm.content_hash
    )
