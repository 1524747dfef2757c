-- The EBs that began before a time, and whose marts are made of the files as they were taken in; how many calibrations each has.
select
    block.uid,
    count(*) as n_calibrations
from {{ tables.exec_block }} as block
inner join {{ tables.cal_atmosphere }} as cal_atmosphere on block.uid = cal_atmosphere.uid
inner join {{ tables.asdm }} as asdm on block.uid = asdm.uid
inner join (
    select
        made.uid,
        min(made.source_version) as source_version
    from {{ tables.refresh }} as made
    where
        made.source = 'asdm'
        and made.relation in {{ marts }}
    group by made.uid
    having
        count(*) = {{ marts | length }}
        and min(made.source_version) = max(made.source_version)
) as noted on block.uid = noted.uid
where
    block.start_time < {{ before }}
    and noted.source_version = {{ recipe }} || asdm.content_hash
group by block.uid
order by block.uid
