-- When the newest EB of a mart of one row per EB starts (UTC), and how many days ago.
select
    to_char(max(block.start_time at time zone 'UTC'), 'YYYY-MM-DD HH24:MI') as start_time,
    extract(epoch from now() - max(block.start_time))::double precision / 86400 as days_ago
from {{ table }} as block
