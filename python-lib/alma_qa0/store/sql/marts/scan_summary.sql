-- One row per EB x receiver band x baseband x antenna x calibration (scan), X and Y side by side. Hz, K, m.
-- Key: uid, receiver_band, baseband_name, antenna_name, cal_data_id. Medians and MADs are over the valid channels inside the band:
-- centre is the median of each spectrum, spread the median distance from it; the arrays of a row are unnested side by side.
with invalid as (
    select
        staged.uid,
        staged.receiver_band,
        staged.baseband_name,
        staged.antenna_name,
        staged.cal_data_id,
        coalesce(sum(staged.n_values) filter (where staged.quantity in ('trec', 'tsys', 'tatm', 'tau', 'water')), 0)::integer as n_scalars,
        coalesce(sum(staged.n_values) filter (where staged.quantity in ('trec_spectrum', 'tsys_spectrum')), 0)::integer as n_channels
    from staged_invalid_value as staged
    group by
        staged.uid,
        staged.receiver_band,
        staged.baseband_name,
        staged.antenna_name,
        staged.cal_data_id
)

select
    staged.uid,
    staged.receiver_band,
    staged.baseband_name,
    staged.antenna_name,
    staged.cal_data_id,
    staged.scan_number,
    staged.scan_intents,
    staged.source_name,
    staged.start_valid_time,
    axis.frequency_min_hz,
    axis.frequency_max_hz,
    axis.n_channels,
    axis.n_segments,
    staged.trec_x,
    staged.trec_y,
    staged.tsys_x,
    staged.tsys_y,
    staged.tatm_x,
    staged.tatm_y,
    staged.tau_x,
    staged.tau_y,
    staged.water_x,
    staged.water_y,
    centre.trec_x::real as trec_median_x,
    centre.trec_y::real as trec_median_y,
    spread.trec_x::real as trec_mad_x,
    spread.trec_y::real as trec_mad_y,
    centre.tsys_x::real as tsys_median_x,
    centre.tsys_y::real as tsys_median_y,
    spread.tsys_x::real as tsys_mad_x,
    spread.tsys_y::real as tsys_mad_y,
    coalesce(invalid.n_scalars, 0) as n_invalid_scalars,
    coalesce(invalid.n_channels, 0) as n_invalid_channels
from staged_cal_atmosphere as staged
left join staged_frequency_axis as axis
    on
        staged.uid = axis.uid
        and staged.axis_id = axis.axis_id
left join invalid
    on
        staged.uid = invalid.uid
        and staged.receiver_band = invalid.receiver_band
        and staged.baseband_name = invalid.baseband_name
        and staged.antenna_name = invalid.antenna_name
        and staged.cal_data_id = invalid.cal_data_id
cross join
    lateral (
        select
            percentile_cont(0.5) within group (order by channel.trec_x) as trec_x,
            percentile_cont(0.5) within group (order by channel.trec_y) as trec_y,
            percentile_cont(0.5) within group (order by channel.tsys_x) as tsys_x,
            percentile_cont(0.5) within group (order by channel.tsys_y) as tsys_y
        from (
            select
                unnest(staged.trec_spectrum_x) as trec_x,
                unnest(staged.trec_spectrum_y) as trec_y,
                unnest(staged.tsys_spectrum_x) as tsys_x,
                unnest(staged.tsys_spectrum_y) as tsys_y,
                unnest(axis.inside) as inside
        ) as channel
        where channel.inside
    ) as centre
cross join
    lateral (
        select
            percentile_cont(0.5) within group (order by abs(channel.trec_x - centre.trec_x)) as trec_x,
            percentile_cont(0.5) within group (order by abs(channel.trec_y - centre.trec_y)) as trec_y,
            percentile_cont(0.5) within group (order by abs(channel.tsys_x - centre.tsys_x)) as tsys_x,
            percentile_cont(0.5) within group (order by abs(channel.tsys_y - centre.tsys_y)) as tsys_y
        from (
            select
                unnest(staged.trec_spectrum_x) as trec_x,
                unnest(staged.trec_spectrum_y) as trec_y,
                unnest(staged.tsys_spectrum_x) as tsys_x,
                unnest(staged.tsys_spectrum_y) as tsys_y,
                unnest(axis.inside) as inside
        ) as channel
        where channel.inside
    ) as spread
