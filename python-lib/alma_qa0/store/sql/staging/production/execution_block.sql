-- One row per EB of the batch: what the rows of the old table tell of it as a whole. Key: uid.
select
    old.uid::text as uid,
    false as simulated,
    null::text as project_uid,
    null::text as sb_uid,
    null::text as array_name,
    array_agg(distinct old.antennaname::text order by old.antennaname::text) as antenna_names,
    min(old.startvalidtime)::timestamp with time zone as start_time,
    max(old.startvalidtime)::timestamp with time zone as end_time,
    null::double precision as representative_frequency_hz,
    null::text[] as source_names,
    null::double precision as water_m
from {{ tables.cal_atmosphere_production }} as old
inner join batch on old.uid = batch.uid
group by old.uid
