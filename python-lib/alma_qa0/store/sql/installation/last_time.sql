-- When a table was last written to (UTC), by one of its columns.
select to_char(max(one.{{ column }}) at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as last_time
from {{ table }} as one
