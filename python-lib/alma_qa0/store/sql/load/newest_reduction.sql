-- When the newest reduction of one EB was made, in microseconds since 1970; null where there is none.
select (extract(epoch from max(reduction.time_reduced)) * 1000000)::bigint as reduced_us
from {{ table }} as reduction
where reduction.uid = {{ uid }}
