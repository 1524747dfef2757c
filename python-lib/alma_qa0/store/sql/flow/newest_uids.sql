-- The newest EBs of a table, each with its start (UTC) as text; those without a start last.
select
    one.uid,
    to_char(one.start_time, 'YYYY-MM-DD HH24:MI') as start_time
from (
    select
        source_row.uid,
        min(source_row.{{ time_column }}::timestamp with time zone at time zone 'UTC') as start_time
    from {{ table }} as source_row
    group by source_row.uid
) as one
order by
    one.start_time desc nulls last,
    one.uid asc
limit {{ limit }}
