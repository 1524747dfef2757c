-- Take out a mark that was kept, unless it is as good as new.
delete from {{ tables.refresh }}
where
    uid = ''
    and relation = 'source'
    and source_version is distinct from {{ mark }}
