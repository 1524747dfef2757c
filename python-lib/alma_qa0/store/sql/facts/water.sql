-- Water and opacity beyond their limits: one row per rule x EB x antenna x calibration, as far as each applies. m; metric is a ratio.
-- A cloud makes the fit find water that is not there, and differently in each baseband: calibrations in which the basebands disagree by
-- more than a twentieth, or somewhat more where few antennas make their medians noisy, say nothing of the antennas;
-- where all are so, only much too much does.
with one as (
    select
        summary.uid,
        summary.receiver_band,
        summary.baseband_name,
        summary.antenna_name,
        summary.cal_data_id,
        summary.scan_number,
        ln(each.water) as water,
        ln(each.tau) as tau
    from {{ tables.scan_summary }} as summary
    cross join
        lateral (
            values
            (summary.water_x, summary.tau_x),
            (summary.water_y, summary.tau_y)
        ) as each (water, tau)
    where
        summary.uid in {{ uids }}
        and each.water > 0
        and coalesce(each.tau, 1) > 0
),

baseband as (
    select
        one.uid,
        one.receiver_band,
        one.cal_data_id,
        one.baseband_name,
        percentile_cont(0.5) within group (order by one.water) as water,
        percentile_cont(0.5) within group (order by one.tau) as tau,
        count(distinct one.antenna_name) as n_antennas,
        count(*) as n_waters,
        max(one.scan_number) as scan_number,
        array_agg(one.antenna_name) as antenna_names,
        array_agg(one.water) as waters,
        array_agg(one.tau) as taus
    from one
    group by
        one.uid,
        one.receiver_band,
        one.cal_data_id,
        one.baseband_name
),

calibration as (
    select
        baseband.uid,
        baseband.receiver_band,
        baseband.cal_data_id,
        max(baseband.water) - min(baseband.water) > 0.05 * greatest(1, sqrt(24.0 / min(baseband.n_waters))) as cloudy
    from baseband
    group by
        baseband.uid,
        baseband.receiver_band,
        baseband.cal_data_id
),

array_radiometer as (
    select
        wvr.uid,
        wvr.cal_data_id,
        percentile_cont(0.5) within group (order by ln(wvr.water_m)) as water,
        count(*) as n_antennas,
        array_agg(wvr.antenna_name) as antenna_names,
        array_agg(ln(wvr.water_m)) as waters
    from {{ tables.cal_wvr }} as wvr
    where
        wvr.uid in {{ uids }}
        and wvr.water_m > 0
    group by
        wvr.uid,
        wvr.cal_data_id
),

radiometer as (
    select
        array_radiometer.uid,
        member.antenna_name,
        member.water,
        array_radiometer.water as array_water,
        array_radiometer.n_antennas
    from array_radiometer
    cross join lateral unnest(array_radiometer.antenna_names, array_radiometer.waters) as member (antenna_name, water)
),

radiometers as (
    select
        radiometer.uid,
        percentile_cont(0.5) within group (order by radiometer.water) as water
    from radiometer
    group by radiometer.uid
),

member as (
    select
        baseband.uid,
        baseband.receiver_band,
        baseband.cal_data_id,
        baseband.scan_number,
        member.antenna_name,
        member.water,
        member.water - case when baseband.n_antennas > 2 then baseband.water else radiometers.water end as excess,
        case when baseband.n_antennas > 2 then member.tau - baseband.tau end as tau_excess,
        calibration.cloudy,
        baseband.n_antennas
    from baseband
    inner join calibration using (uid, receiver_band, cal_data_id)
    left join radiometers using (uid)
    cross join lateral unnest(baseband.antenna_names, baseband.waters, baseband.taus) as member (antenna_name, water, tau)
),

place as (
    select
        member.uid,
        member.receiver_band,
        member.antenna_name,
        member.cal_data_id,
        max(member.scan_number) as scan_number,
        percentile_cont(0.5) within group (order by member.water) as value,
        percentile_cont(0.5) within group (order by member.excess) as excess,
        percentile_cont(0.5) within group (order by member.tau_excess) as tau_excess,
        bool_or(member.cloudy) as cloudy,
        max(member.n_antennas) as n_antennas
    from member
    group by
        member.uid,
        member.receiver_band,
        member.antenna_name,
        member.cal_data_id
),

sky as (
    select
        calibration.uid,
        calibration.receiver_band,
        bool_and(calibration.cloudy) as all_cloudy
    from calibration
    group by
        calibration.uid,
        calibration.receiver_band
),

antenna as (
    select
        place.uid,
        place.receiver_band,
        place.antenna_name,
        percentile_cont(0.5) within group (order by place.value) as value,
        percentile_cont(0.5) within group (order by place.excess) as excess,
        percentile_cont(0.5) within group (order by place.tau_excess) filter (where not place.cloudy) as tau_excess,
        count(*) as n_calibrations,
        bool_or(place.cloudy) as cloudy
    from place
    inner join sky using (uid, receiver_band)
    where
        not place.cloudy
        or sky.all_cloudy
    group by
        place.uid,
        place.receiver_band,
        place.antenna_name
),

spread as (
    select
        antenna.uid,
        antenna.receiver_band,
        1.4826 * percentile_cont(0.5) within group (order by abs(antenna.excess)) as sigma
    from antenna
    group by
        antenna.uid,
        antenna.receiver_band
),

antenna_radiometer as (
    select
        radiometer.uid,
        radiometer.antenna_name,
        percentile_cont(0.5) within group (order by radiometer.water) as value,
        percentile_cont(0.5) within group (order by radiometer.water - radiometer.array_water) as excess
    from radiometer
    where radiometer.n_antennas > 2
    group by
        radiometer.uid,
        radiometer.antenna_name
),

radiometer_spread as (
    select
        antenna_radiometer.uid,
        1.4826 * percentile_cont(0.5) within group (order by abs(antenna_radiometer.excess)) as sigma
    from antenna_radiometer
    group by antenna_radiometer.uid
),

both_ways as (
    select
        member.uid,
        percentile_cont(0.5) within group (order by member.water) as water
    from member
    where not member.cloudy
    group by member.uid
),

found as (
    select
        'water' as rule_id,
        antenna.uid,
        antenna.receiver_band,
        antenna.antenna_name,
        null as cal_data_id,
        null::integer as scan_number,
        'water' as quantity,
        exp(antenna.value) as value,
        exp(antenna.value - antenna.excess) as reference,
        exp(antenna.excess) as metric,
        exp(sign(antenna.excess) * bound.bound) as limit_value,
        antenna.n_calibrations as n_of
    from antenna
    inner join spread using (uid, receiver_band)
    cross join
        lateral (
            select
                case
                    when antenna.cloudy then ln({{ limits.water.single }})
                    else least(
                            ln({{ limits.water.most }}), greatest(ln({{ limits.water.ratio }}), {{ limits.water.sigmas }} * spread.sigma)
                        )
                end as bound
        ) as bound
    where abs(antenna.excess) > bound.bound
    union all
    select
        'water' as rule_id,
        place.uid,
        place.receiver_band,
        place.antenna_name,
        place.cal_data_id,
        place.scan_number,
        'water' as quantity,
        exp(place.value) as value,
        exp(place.value - place.excess) as reference,
        exp(place.excess) as metric,
        exp(sign(place.excess) * ln({{ limits.water.single }})) as limit_value,
        null as n_of
    from place
    where
        not place.cloudy
        and place.n_antennas > 2
        and abs(place.excess) > ln({{ limits.water.single }})
    union all
    select
        'tau' as rule_id,
        antenna.uid,
        antenna.receiver_band,
        antenna.antenna_name,
        null as cal_data_id,
        null as scan_number,
        'tau' as quantity,
        null as value,
        null as reference,
        exp(antenna.tau_excess) as metric,
        exp(sign(antenna.tau_excess) * ln({{ limits.tau.ratio }})) as limit_value,
        antenna.n_calibrations as n_of
    from antenna
    where abs(antenna.tau_excess) > ln({{ limits.tau.ratio }})
    union all
    select
        'radiometer' as rule_id,
        wvr.uid,
        null as receiver_band,
        wvr.antenna_name,
        null as cal_data_id,
        null as scan_number,
        'water' as quantity,
        exp(wvr.value) as value,
        exp(wvr.value - wvr.excess) as reference,
        exp(wvr.excess) as metric,
        exp(sign(wvr.excess) * bound.bound) as limit_value,
        null as n_of
    from antenna_radiometer as wvr
    inner join radiometer_spread using (uid)
    cross join
        lateral (
            select
                least(
                    ln({{ limits.radiometer.most }}),
                    greatest(ln({{ limits.radiometer.ratio }}), {{ limits.radiometer.sigmas }} * radiometer_spread.sigma)
                ) as bound
        ) as bound
    where abs(wvr.excess) > bound.bound
    union all
    select
        'water_radiometer' as rule_id,
        both_ways.uid,
        null as receiver_band,
        null as antenna_name,
        null as cal_data_id,
        null as scan_number,
        'water' as quantity,
        exp(both_ways.water) as value,
        exp(radiometers.water) as reference,
        exp(both_ways.water - radiometers.water) as metric,
        {{ limits.water_radiometer.ratio }} ^ sign(both_ways.water - radiometers.water) as limit_value,
        null as n_of
    from both_ways
    inner join radiometers using (uid)
    where abs(both_ways.water - radiometers.water) > ln({{ limits.water_radiometer.ratio }})
)

select
    *,
    null as baseband_name,
    null as polarisation
from found
