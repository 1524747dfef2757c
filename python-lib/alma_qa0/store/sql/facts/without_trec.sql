-- Tsys that is too low in a calibration without a valid Trx: one row per EB x antenna x baseband x polarisation x calibration. value and
-- reference are in K, metric is a ratio. Levels are logarithms. A median of the array needs three antennas; with fewer, an antenna is held
-- against itself alone.
with one as (
    select
        summary.uid,
        summary.receiver_band,
        summary.baseband_name,
        summary.antenna_name,
        summary.cal_data_id,
        summary.scan_number,
        each.polarisation,
        each.has_trec,
        ln(each.tsys) as level
    from {{ tables.scan_summary }} as summary
    cross join
        lateral (
            values
            ('X', summary.trec_x is not null, coalesce(summary.tsys_median_x, summary.tsys_x)),
            ('Y', summary.trec_y is not null, coalesce(summary.tsys_median_y, summary.tsys_y))
        ) as each (polarisation, has_trec, tsys)
    where
        summary.uid in {{ uids }}
        and each.tsys > 0
),

of_array as (
    select
        one.uid,
        one.receiver_band,
        one.baseband_name,
        one.cal_data_id,
        one.polarisation,
        case when count(*) > 2 then percentile_cont(0.5) within group (order by one.level) else 0 end as level
    from one
    group by
        one.uid,
        one.receiver_band,
        one.baseband_name,
        one.cal_data_id,
        one.polarisation
),

against_array as (
    select
        one.*,
        one.level - of_array.level as height
    from one
    inner join of_array using (uid, receiver_band, baseband_name, cal_data_id, polarisation)
),

usual as (
    select
        against_array.uid,
        against_array.receiver_band,
        against_array.baseband_name,
        against_array.antenna_name,
        against_array.polarisation,
        percentile_cont(0.5) within group (order by against_array.level) as level,
        percentile_cont(0.5) within group (order by against_array.height) as height
    from against_array
    where against_array.has_trec
    group by
        against_array.uid,
        against_array.receiver_band,
        against_array.baseband_name,
        against_array.antenna_name,
        against_array.polarisation
)

select
    'tsys_without_trec' as rule_id,
    against_array.uid,
    against_array.receiver_band,
    against_array.antenna_name,
    against_array.baseband_name,
    against_array.polarisation,
    against_array.cal_data_id,
    against_array.scan_number,
    'tsys' as quantity,
    exp(against_array.level) as value,
    exp(usual.level) as reference,
    exp(against_array.height - usual.height) as metric,
    {{ limits.tsys_without_trec.ratio }} as limit_value
from against_array
inner join usual using (uid, receiver_band, baseband_name, antenna_name, polarisation)
where
    not against_array.has_trec
    and against_array.height - usual.height < ln({{ limits.tsys_without_trec.ratio }})
