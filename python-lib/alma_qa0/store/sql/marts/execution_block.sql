-- One row per EB: what the UID list and the header show. Key: uid. Hz, K, m.
with calibrated as (
    select
        staged.uid,
        count(*)::integer as n_rows,
        count(distinct staged.antenna_name) filter (
            where coalesce(staged.tsys_x, staged.tsys_y) is not null
        )::integer as n_antennas_calibrated,
        count(distinct coalesce(staged.scan_number::text, staged.cal_data_id))::integer as n_calibrations,
        array_agg(distinct staged.receiver_band order by staged.receiver_band) as receiver_bands,
        sum(staged.n_invalid_scalars)::integer as n_invalid_values
    from {{ staged.cal_atmosphere }} as staged
    group by staged.uid
),

typical as (
    select
        staged.uid,
        percentile_cont(0.5) within group (order by one.tsys) as tsys_k,
        percentile_cont(0.5) within group (order by one.trec) as trec_k,
        percentile_cont(0.5) within group (order by one.water) as water_m
    from {{ staged.cal_atmosphere }} as staged
    cross join
        lateral (
            values
            (staged.tsys_x, staged.trec_x, staged.water_x),
            (staged.tsys_y, staged.trec_y, staged.water_y)
        ) as one (tsys, trec, water)
    group by staged.uid
),

family as (
    select
        block.uid,
        case
            when bool_or(left(antenna.name, 2) in ('DA', 'DV')) then '12-m'
            when bool_or(left(antenna.name, 2) = 'CM') then '7-m'
            when bool_and(left(antenna.name, 2) = 'PM') then 'TP'
        end as array_family
    from {{ staged.execution_block }} as block
    cross join lateral unnest(block.antenna_names) as antenna (name)
    group by block.uid
)

select
    block.uid,
    block.simulated,
    block.project_uid,
    block.sb_uid,
    block.array_name,
    coalesce(family.array_family, 'unknown') as array_family,
    block.start_time,
    block.end_time,
    coalesce(calibrated.receiver_bands, '{}'::integer[]) as receiver_bands,
    block.representative_frequency_hz,
    block.source_names,
    cardinality(block.antenna_names) as n_antennas,
    coalesce(calibrated.n_antennas_calibrated, 0) as n_antennas_calibrated,
    coalesce(calibrated.n_calibrations, 0) as n_calibrations,
    coalesce(calibrated.n_rows, 0) as n_rows,
    coalesce(calibrated.n_invalid_values, 0) as n_invalid_values,
    coalesce(block.water_m, typical.water_m) as water_m,
    typical.tsys_k,
    typical.trec_k,
    block.aborted,
    block.time_on_source_s,
    lower(
        concat_ws(
            ' ',
            block.uid,
            block.project_uid,
            block.sb_uid,
            block.array_name,
            family.array_family,
            array_to_string(block.source_names, ' ')
        )
    ) as search_text,
    block.unread_tables
from {{ staged.execution_block }} as block
left join calibrated on block.uid = calibrated.uid
left join typical on block.uid = typical.uid
left join family on block.uid = family.uid
