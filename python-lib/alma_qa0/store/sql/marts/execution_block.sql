-- One row per EB: what the UID list and the header show. Key: uid. Hz, K, m.
with calibrated as (
    select
        staged.uid,
        count(*)::integer as n_rows,
        count(distinct staged.antenna_name) filter (
            where coalesce(staged.tsys_x, staged.tsys_y) is not null
        )::integer as n_antennas_calibrated,
        count(distinct coalesce(staged.scan_number::text, staged.cal_data_id))::integer as n_calibrations,
        array_agg(distinct staged.receiver_band order by staged.receiver_band) as receiver_bands
    from staged_cal_atmosphere as staged
    group by staged.uid
),

typical as (
    select
        staged.uid,
        percentile_cont(0.5) within group (order by one.tsys) as tsys_k,
        percentile_cont(0.5) within group (order by one.trec) as trec_k,
        percentile_cont(0.5) within group (order by one.water) as water_m
    from staged_cal_atmosphere as staged
    cross join
        lateral (
            values
            (staged.tsys_x, staged.trec_x, staged.water_x),
            (staged.tsys_y, staged.trec_y, staged.water_y)
        ) as one (tsys, trec, water)
    group by staged.uid
),

invalid as (
    select
        staged.uid,
        sum(staged.n_values)::integer as n_invalid_values
    from staged_invalid_value as staged
    where staged.quantity in ('trec', 'tsys', 'tatm', 'tau', 'water')
    group by staged.uid
),

make as (
    select
        block.uid,
        array_agg(distinct left(antenna.name, 2)) as makes
    from staged_execution_block as block
    cross join lateral unnest(block.antenna_names) as antenna (name)
    group by block.uid
)

select
    block.uid,
    block.simulated,
    block.project_uid,
    block.sb_uid,
    block.array_name,
    case
        when make.makes && '{DA,DV}'::text[] then '12-m'
        when 'CM' = any(make.makes) then '7-m'
        when make.makes = '{PM}'::text[] then 'TP'
        else 'unknown'
    end as array_family,
    block.start_time,
    block.end_time,
    coalesce(calibrated.receiver_bands, '{}'::integer[]) as receiver_bands,
    block.representative_frequency_hz,
    block.source_names,
    cardinality(block.antenna_names) as n_antennas,
    coalesce(calibrated.n_antennas_calibrated, 0) as n_antennas_calibrated,
    coalesce(calibrated.n_calibrations, 0) as n_calibrations,
    coalesce(calibrated.n_rows, 0) as n_rows,
    coalesce(invalid.n_invalid_values, 0) as n_invalid_values,
    coalesce(block.water_m, typical.water_m) as water_m,
    typical.tsys_k,
    typical.trec_k
from staged_execution_block as block
left join calibrated on block.uid = calibrated.uid
left join typical on block.uid = typical.uid
left join invalid on block.uid = invalid.uid
left join make on block.uid = make.uid
