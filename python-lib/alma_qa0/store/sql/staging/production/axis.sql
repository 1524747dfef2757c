-- One row per EB x frequency axis. Key: uid, axis_id. Hz. Each axis is parsed once, however many rows share it; an invalid value is null.
select
    written.uid,
    md5(written.words) as axis_id,
    (
        select array_agg(case when one.value between {{ lowest_hz }} and {{ highest_hz }} then one.value end order by one.channel)
        from
            unnest(string_to_array(written.words, ',', '')::double precision[])
            with ordinality as one (value, channel)
    ) as frequency_hz
from (
    select distinct
        old.uid::text as uid,
        old.frequencyspectrum as words
    from {{ tables.cal_atmosphere_production }} as old
    where
        old.uid in {{ uids }}
        and old.frequencyspectrum != ''
) as written
