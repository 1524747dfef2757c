-- One row per EB of the batch x receiver band x baseband x antenna x calibration. Hz, K, m; an invalid value is null.
-- The scan is the first that CalData names; its intents and source are those of Scan.
with invalid as (
    select
        invalid.uid,
        invalid.receiver_band,
        invalid.baseband_name,
        invalid.antenna_name,
        invalid.cal_data_id,
        sum(invalid.n_values) filter (where invalid.quantity in ('trec', 'tsys', 'tatm', 'tau', 'water')) as n_scalars,
        sum(invalid.n_values) filter (where invalid.quantity in ('trec_spectrum', 'tsys_spectrum')) as n_channels
    from {{ tables.invalid_value_raw }} as invalid
    where invalid.uid in {{ uids }}
    group by
        invalid.uid,
        invalid.receiver_band,
        invalid.baseband_name,
        invalid.antenna_name,
        invalid.cal_data_id
)

select
    atmosphere.uid,
    atmosphere.receiver_band,
    atmosphere.baseband_name,
    atmosphere.antenna_name,
    atmosphere.cal_data_id,
    cal_data.scan_numbers[1] as scan_number,
    scan.scan_intents,
    scan.source_name,
    atmosphere.start_valid_time,
    axis.axis_id,
    axis.frequency_min_hz,
    axis.frequency_max_hz,
    axis.n_channels,
    axis.n_segments,
    axis.first_inside,
    axis.last_inside,
    case when axis.first_inside is null then axis.inside end as inside,
    atmosphere.trec_x,
    atmosphere.trec_y,
    atmosphere.tsys_x,
    atmosphere.tsys_y,
    atmosphere.tatm_x,
    atmosphere.tatm_y,
    atmosphere.tau_x,
    atmosphere.tau_y,
    atmosphere.water_x,
    atmosphere.water_y,
    atmosphere.trec_spectrum_x,
    atmosphere.trec_spectrum_y,
    atmosphere.tsys_spectrum_x,
    atmosphere.tsys_spectrum_y,
    coalesce(invalid.n_scalars, 0)::integer as n_invalid_scalars,
    coalesce(invalid.n_channels, 0)::integer as n_invalid_channels
from {{ tables.cal_atmosphere }} as atmosphere
left join {{ tables.cal_data }} as cal_data
    on
        atmosphere.uid = cal_data.uid
        and atmosphere.cal_data_id = cal_data.cal_data_id
left join {{ tables.scan }} as scan
    on
        cal_data.uid = scan.uid
        and cal_data.scan_numbers[1] = scan.scan_number
left join {{ staged.frequency_axis }} as axis
    on
        atmosphere.uid = axis.uid
        and md5(array_send(atmosphere.frequency_hz)) = axis.axis_id
left join invalid
    on
        atmosphere.uid = invalid.uid
        and atmosphere.receiver_band = invalid.receiver_band
        and atmosphere.baseband_name = invalid.baseband_name
        and atmosphere.antenna_name = invalid.antenna_name
        and atmosphere.cal_data_id = invalid.cal_data_id
where
    atmosphere.uid in {{ uids }}
    {% if gate is not none %}
    and ({{ gate }})
    {% endif %}
