-- The EBs that began before a time and whose calibrations are there; how many each has.
select
    block.uid,
    count(*) as n_calibrations
from {{ tables.exec_block }} as block
inner join {{ tables.cal_atmosphere }} as cal_atmosphere on block.uid = cal_atmosphere.uid
where block.start_time < {{ before }}
group by block.uid
order by block.uid
