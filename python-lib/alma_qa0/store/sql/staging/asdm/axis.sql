-- One row per EB x frequency axis. Key: uid, axis_id. Hz.
select
    tuned.uid,
    md5(array_send(tuned.frequency_hz)) as axis_id,
    tuned.frequency_hz
from (
    select distinct
        atmosphere.uid,
        atmosphere.frequency_hz
    from {{ tables.cal_atmosphere }} as atmosphere
    where
        atmosphere.uid in {{ uids }}
        and atmosphere.frequency_hz is not null
) as tuned
