-- One row per EB of the batch: what the rows of the old table tell of it as a whole. Key: uid.
select
    parsed.uid,
    false as simulated,
    null::text as project_uid,
    null::text as sb_uid,
    null::text as array_name,
    array_agg(distinct parsed.antenna_name order by parsed.antenna_name) as antenna_names,
    min(parsed.start_valid_time) as start_time,
    max(parsed.start_valid_time) as end_time,
    null::double precision as representative_frequency_hz,
    null::text[] as source_names,
    null::double precision as water_m,
    null::boolean as aborted,
    null::double precision as time_on_source_s,
    null::text[] as unread_tables
from {{ staged.parsed }} as parsed
group by parsed.uid
