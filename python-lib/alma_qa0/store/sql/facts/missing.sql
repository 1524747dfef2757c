-- What is not there: one row per rule x EB x antenna x baseband x calibration, as far as each applies. metric counts, or is in minutes.
with calibrated as (
    select
        summary.uid,
        summary.receiver_band,
        summary.cal_data_id,
        summary.scan_number,
        summary.baseband_name,
        summary.antenna_name,
        summary.start_valid_time
    from {{ tables.scan_summary }} as summary
    where summary.uid in {{ uids }}
),

calibration as (
    select
        calibrated.uid,
        calibrated.receiver_band,
        calibrated.cal_data_id,
        max(calibrated.scan_number) as scan_number,
        min(calibrated.start_valid_time) as start_valid_time
    from calibrated
    group by
        calibrated.uid,
        calibrated.receiver_band,
        calibrated.cal_data_id
),

setting as (
    select distinct
        calibrated.uid,
        calibrated.receiver_band,
        calibrated.cal_data_id,
        calibrated.baseband_name
    from calibrated
),

baseband as (
    select distinct
        calibrated.uid,
        calibrated.receiver_band,
        calibrated.baseband_name
    from calibrated
),

antenna as (
    select distinct
        calibrated.uid,
        calibrated.receiver_band,
        calibrated.antenna_name
    from calibrated
),

in_array as (
    select distinct
        block.uid,
        antenna.antenna_name
    from {{ tables.exec_block }} as block
    inner join {{ tables.antenna }} as antenna
        on
            block.uid = antenna.uid
            and antenna.antenna_id = any(block.antenna_ids)
    where block.uid in {{ uids }}
),

kind as (
    select
        in_array.uid,
        bool_and(in_array.antenna_name like 'PM%') as is_total_power
    from in_array
    group by in_array.uid
),

scan as (
    select
        scan.uid,
        scan.scan_number,
        scan.start_time,
        scan.end_time,
        scan.scan_intents
    from {{ tables.scan }} as scan
    where scan.uid in {{ uids }}
),

target as (
    select
        scan.uid,
        scan.scan_number,
        min(
            greatest(
                extract(epoch from scan.start_time - calibration.start_valid_time),
                extract(epoch from calibration.start_valid_time - scan.end_time),
                0
            )
        ) / 60 as minutes
    from scan
    inner join calibration using (uid)
    where 'OBSERVE_TARGET' = any(scan.scan_intents)
    group by
        scan.uid,
        scan.scan_number
),

late as (
    select distinct on (target.uid)
        target.uid,
        target.scan_number,
        target.minutes,
        count(*) over (partition by target.uid) as n_late
    from target
    where target.minutes > {{ limits.tsys_age.minutes }}
    order by
        target.uid asc,
        target.minutes desc,
        target.scan_number asc
),

wanted as (
    select
        block.uid,
        intent.intent
    from (select distinct scan.uid from scan) as block
    left join kind using (uid)
    cross join
        (
            values
            ('CALIBRATE_ATMOSPHERE', true),
            ('OBSERVE_TARGET', true),
            ('CALIBRATE_BANDPASS', false),
            ('CALIBRATE_FLUX', false),
            ('CALIBRATE_PHASE', false),
            ('CALIBRATE_POINTING', false)
        ) as intent (intent, of_total_power)
    where
        intent.of_total_power
        or not coalesce(kind.is_total_power, false)
),

last_phase as (
    select
        scan.uid,
        max(scan.start_time) filter (where 'OBSERVE_TARGET' = any(scan.scan_intents)) as target_time,
        max(scan.scan_number) filter (where 'OBSERVE_TARGET' = any(scan.scan_intents)) as scan_number,
        max(scan.start_time) filter (where 'CALIBRATE_PHASE' = any(scan.scan_intents)) as phase_time
    from scan
    group by scan.uid
),

found as (
    select
        'no_calibration' as rule_id,
        block.uid,
        null::integer as receiver_band,
        null::text as antenna_name,
        null::text as baseband_name,
        null::text as cal_data_id,
        null::integer as scan_number,
        null::text as quantity,
        null::double precision as metric,
        null::double precision as limit_value,
        null::text as words,
        null::bigint as n_of
    from {{ tables.execution_block }} as block
    where
        block.uid in {{ uids }}
        and not exists (select 1 from calibrated where calibrated.uid = block.uid)
    union all
    select
        'missing_antenna' as rule_id,
        in_array.uid,
        null as receiver_band,
        in_array.antenna_name,
        null as baseband_name,
        null as cal_data_id,
        null as scan_number,
        null as quantity,
        null as metric,
        null as limit_value,
        null as words,
        null as n_of
    from in_array
    where
        exists (select 1 from calibrated where calibrated.uid = in_array.uid)
        and not exists (
            select 1
            from calibrated
            where
                calibrated.uid = in_array.uid
                and calibrated.antenna_name = in_array.antenna_name
        )
    union all
    select
        'missing_baseband' as rule_id,
        calibration.uid,
        calibration.receiver_band,
        null as antenna_name,
        baseband.baseband_name,
        calibration.cal_data_id,
        calibration.scan_number,
        null as quantity,
        null as metric,
        null as limit_value,
        null as words,
        null as n_of
    from calibration
    inner join baseband using (uid, receiver_band)
    left join setting using (uid, receiver_band, cal_data_id, baseband_name)
    where setting.uid is null
    union all
    select
        'missing_calibration' as rule_id,
        setting.uid,
        setting.receiver_band,
        antenna.antenna_name,
        setting.baseband_name,
        setting.cal_data_id,
        calibration.scan_number,
        null as quantity,
        null as metric,
        null as limit_value,
        null as words,
        null as n_of
    from setting
    inner join antenna using (uid, receiver_band)
    inner join calibration using (uid, receiver_band, cal_data_id)
    left join calibrated using (uid, receiver_band, cal_data_id, baseband_name, antenna_name)
    where calibrated.start_valid_time is null
    union all
    select
        'missing_scan' as rule_id,
        scan.uid,
        null as receiver_band,
        null as antenna_name,
        null as baseband_name,
        null as cal_data_id,
        scan.scan_number,
        null as quantity,
        null as metric,
        null as limit_value,
        null as words,
        null as n_of
    from scan
    where
        'CALIBRATE_ATMOSPHERE' = any(scan.scan_intents)
        and exists (select 1 from calibrated where calibrated.uid = scan.uid)
        and not exists (
            select 1
            from calibration
            inner join {{ tables.cal_data }} as cal_data using (uid, cal_data_id)
            where
                calibration.uid = scan.uid
                and cal_data.uid in {{ uids }}
                and scan.scan_number = any(cal_data.scan_numbers)
        )
    union all
    select
        'tsys_age' as rule_id,
        late.uid,
        null as receiver_band,
        null as antenna_name,
        null as baseband_name,
        null as cal_data_id,
        late.scan_number,
        null as quantity,
        late.minutes as metric,
        {{ limits.tsys_age.minutes }} as limit_value,
        null as words,
        late.n_late as n_of
    from late
    union all
    select
        'missing_intent' as rule_id,
        wanted.uid,
        null as receiver_band,
        null as antenna_name,
        null as baseband_name,
        null as cal_data_id,
        null as scan_number,
        null as quantity,
        null as metric,
        null as limit_value,
        wanted.intent as words,
        null as n_of
    from wanted
    where
        not exists (
            select 1
            from scan
            where
                scan.uid = wanted.uid
                and wanted.intent = any(scan.scan_intents)
        )
    union all
    select
        'no_last_phase' as rule_id,
        last_phase.uid,
        null as receiver_band,
        null as antenna_name,
        null as baseband_name,
        null as cal_data_id,
        last_phase.scan_number,
        null as quantity,
        null as metric,
        null as limit_value,
        null as words,
        null as n_of
    from last_phase
    left join kind using (uid)
    where
        last_phase.phase_time < last_phase.target_time
        and not coalesce(kind.is_total_power, false)
    union all
    select
        'wind' as rule_id,
        weather.uid,
        null as receiver_band,
        null as antenna_name,
        null as baseband_name,
        null as cal_data_id,
        null as scan_number,
        'wind_speed' as quantity,
        max(weather.wind_speed_m_s) as metric,
        {{ limits.wind.speed }} as limit_value,
        null as words,
        null as n_of
    from {{ tables.weather }} as weather
    where weather.uid in {{ uids }}
    group by weather.uid
    having max(weather.wind_speed_m_s) > {{ limits.wind.speed }}
)

select *
from found
