-- One row per EB x receiver band x baseband x antenna x calibration (scan), X and Y side by side. Hz, K, m.
-- Key: uid, receiver_band, baseband_name, antenna_name, cal_data_id. Medians and MADs are over the valid channels inside the band:
-- centre is the median of each spectrum, spread the median distance from it; the arrays of a row are unnested side by side, in the way that
-- is quicker where a distributed database does not forbid it.
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
    staged.frequency_min_hz,
    staged.frequency_max_hz,
    staged.n_channels,
    staged.n_segments,
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
    staged.n_invalid_scalars,
    staged.n_invalid_channels
from (
    select
        calibration.*,
        {% for name in ["trec_spectrum_x", "trec_spectrum_y", "tsys_spectrum_x", "tsys_spectrum_y"] %}
        case
            when calibration.inside is null
                then calibration.{{ ident(name) }}[calibration.first_inside:calibration.last_inside]
            else (
                select array_agg(one.value)
                from unnest(calibration.{{ ident(name) }}, calibration.inside) as one (value, is_inside)
                where one.is_inside
            )
        end as {{ ident(name ~ "_inside") }}{% if not loop.last %},{% endif %}

        {% endfor %}
    from {{ staged.cal_atmosphere }} as calibration
) as staged
cross join
    lateral (
        select
            percentile_cont(0.5) within group (order by channel.trec_x) as trec_x,
            percentile_cont(0.5) within group (order by channel.trec_y) as trec_y,
            percentile_cont(0.5) within group (order by channel.tsys_x) as tsys_x,
            percentile_cont(0.5) within group (order by channel.tsys_y) as tsys_y
        from
        {% if distributed %}
            unnest(
                staged.trec_spectrum_x_inside,
                staged.trec_spectrum_y_inside,
                staged.tsys_spectrum_x_inside,
                staged.tsys_spectrum_y_inside
            ) as channel (trec_x, trec_y, tsys_x, tsys_y)
        {% else %}
            (
                select
                    unnest(staged.trec_spectrum_x_inside) as trec_x,
                    unnest(staged.trec_spectrum_y_inside) as trec_y,
                    unnest(staged.tsys_spectrum_x_inside) as tsys_x,
                    unnest(staged.tsys_spectrum_y_inside) as tsys_y
            ) as channel
        {% endif %}
    ) as centre
cross join
    lateral (
        select
            percentile_cont(0.5) within group (order by abs(channel.trec_x - centre.trec_x)) as trec_x,
            percentile_cont(0.5) within group (order by abs(channel.trec_y - centre.trec_y)) as trec_y,
            percentile_cont(0.5) within group (order by abs(channel.tsys_x - centre.tsys_x)) as tsys_x,
            percentile_cont(0.5) within group (order by abs(channel.tsys_y - centre.tsys_y)) as tsys_y
        from
        {% if distributed %}
            unnest(
                staged.trec_spectrum_x_inside,
                staged.trec_spectrum_y_inside,
                staged.tsys_spectrum_x_inside,
                staged.tsys_spectrum_y_inside
            ) as channel (trec_x, trec_y, tsys_x, tsys_y)
        {% else %}
            (
                select
                    unnest(staged.trec_spectrum_x_inside) as trec_x,
                    unnest(staged.trec_spectrum_y_inside) as trec_y,
                    unnest(staged.tsys_spectrum_x_inside) as tsys_x,
                    unnest(staged.tsys_spectrum_y_inside) as tsys_y
            ) as channel
        {% endif %}
    ) as spread
