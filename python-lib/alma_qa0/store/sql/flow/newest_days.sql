-- The newest days (UTC) on which EBs of a table start, and how many do.
select
    to_char(one.start_time, 'YYYY-MM-DD') as day,
    count(*) as n_execution_blocks
from (
    select
        source_row.uid,
        min(source_row.{{ time_column }}::timestamp with time zone at time zone 'UTC') as start_time
    from {{ table }} as source_row
    group by source_row.uid
) as one
where one.start_time is not null
group by to_char(one.start_time, 'YYYY-MM-DD')
order by day desc
limit {{ limit }}
