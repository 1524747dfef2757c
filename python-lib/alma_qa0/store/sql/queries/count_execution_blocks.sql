-- How many EBs start on days of a range (UTC, both ends included).
select count(*) as n
from {{ tables.execution_block }} as block
where
    ({{ first }} is null or block.start_time >= {{ first }})
    and ({{ end }} is null or block.start_time < {{ end }})
