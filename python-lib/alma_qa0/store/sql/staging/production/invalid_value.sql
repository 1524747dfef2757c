-- One row per row of staged_cal_atmosphere x polarisation x quantity x kind of invalid value, found in the old table's own values.
-- Text is parsed again only where staging left something out.
-- offset 0 keeps the planner from parsing again wherever the result is used; no order is meant.
with latest as (
    select distinct on (old.uid, old.receiverband, old.basebandname, old.antennaname, old.caldataid) old.*
    from {{ tables.cal_atmosphere_production }} as old
    inner join batch on old.uid = batch.uid
    order by
        old.uid asc,
        old.receiverband asc,
        old.basebandname asc,
        old.antennaname asc,
        old.caldataid asc,
        old.day desc,
        old.startvalidtime desc
),

placed as (
    select
        latest.*,
        staged.receiver_band,
        staged.frequency_hz,
        staged.trec_spectrum_x,
        staged.trec_spectrum_y,
        staged.tsys_spectrum_x,
        staged.tsys_spectrum_y,
        coalesce(latest.trec_x, latest.tsys_x, latest.tatm_x) is not null
        or concat(latest.trecspectrum_x, latest.tsysspectrum_x) != '' as has_x,
        coalesce(latest.trec_y, latest.tsys_y, latest.tatm_y) is not null
        or concat(latest.trecspectrum_y, latest.tsysspectrum_y) != '' as has_y
    from latest
    inner join staged_cal_atmosphere as staged
        on
            latest.uid = staged.uid
            and replace(latest.receiverband, 'ALMA_RB_', '')::integer = staged.receiver_band
            and latest.basebandname = staged.baseband_name
            and latest.antennaname = staged.antenna_name
            and latest.caldataid = staged.cal_data_id
),

scalar as (
    select
        placed.uid,
        placed.receiver_band,
        placed.basebandname,
        placed.antennaname,
        placed.caldataid,
        one.polarisation,
        one.quantity,
        one.value,
        null::integer as n_expected,
        1 as n_found
    from placed
    cross join
        lateral (
            values
            ('X', 'trec', placed.trec_x),
            ('Y', 'trec', placed.trec_y),
            ('X', 'tsys', placed.tsys_x),
            ('Y', 'tsys', placed.tsys_y),
            ('X', 'tatm', placed.tatm_x),
            ('Y', 'tatm', placed.tatm_y),
            ('X', 'tau', case when placed.has_x then placed.tau end),
            ('Y', 'tau', case when placed.has_y then placed.tau end),
            ('X', 'water', case when placed.has_x then placed.water end),
            ('Y', 'water', case when placed.has_y then placed.water end)
        ) as one (polarisation, quantity, value)
    where one.value is not null
),

suspect as (
    select
        placed.uid,
        placed.receiver_band,
        placed.basebandname,
        placed.antennaname,
        placed.caldataid,
        one.polarisation,
        one.quantity,
        cardinality(placed.frequency_hz) as n_expected,
        string_to_array(one.words, ',', '')::double precision[] as found
    from placed
    cross join
        lateral (
            values
            ('X', 'frequency_hz', placed.frequencyspectrum, placed.frequency_hz::real[], placed.has_x),
            ('Y', 'frequency_hz', placed.frequencyspectrum, placed.frequency_hz::real[], placed.has_y),
            ('X', 'trec_spectrum', placed.trecspectrum_x, placed.trec_spectrum_x, true),
            ('Y', 'trec_spectrum', placed.trecspectrum_y, placed.trec_spectrum_y, true),
            ('X', 'tsys_spectrum', placed.tsysspectrum_x, placed.tsys_spectrum_x, true),
            ('Y', 'tsys_spectrum', placed.tsysspectrum_y, placed.tsys_spectrum_y, true)
        ) as one (polarisation, quantity, words, staged, is_there)
    where
        one.is_there
        and one.words != ''
        and (one.staged is null or array_position(one.staged, null) is not null)
    offset 0 -- noqa: AM09
),

channel as (
    select
        suspect.uid,
        suspect.receiver_band,
        suspect.basebandname,
        suspect.antennaname,
        suspect.caldataid,
        suspect.polarisation,
        suspect.quantity,
        one.value,
        suspect.n_expected,
        cardinality(suspect.found) as n_found
    from suspect
    cross join lateral unnest(suspect.found) as one (value)
),

judged as (
    select
        every.*,
        case
            when every.n_found != coalesce(every.n_expected, 0) and every.quantity like '%!_spectrum' escape '!' then 'wrong_length'
            when every.value = -1 then 'no_solution'
            when every.value >= 0 and every.value < {{ smallest }} then 'zero'
            when every.value < 0 and every.value >= -{{ largest }} then 'negative'
            when every.value = 1 and every.quantity = 'water' then 'sentinel'
            when every.value <= {{ largest }} then null
            else 'not_finite'
        end as kind
    from (
        select * from scalar
        union all
        select * from channel
    ) as every
)

select
    judged.uid::text as uid,
    judged.receiver_band,
    judged.basebandname::text as baseband_name,
    judged.antennaname::text as antenna_name,
    judged.caldataid::text as cal_data_id,
    judged.polarisation,
    judged.quantity,
    judged.kind,
    count(*)::integer as n_values
from judged
where judged.kind is not null
group by
    judged.uid,
    judged.receiver_band,
    judged.basebandname,
    judged.antennaname,
    judged.caldataid,
    judged.polarisation,
    judged.quantity,
    judged.kind
