-- One row per EB of the batch x receiver band x baseband x antenna x calibration. Hz, K, m; an invalid value is null.
-- The old table knows no scans, and one water and tau for both polarisations.
select
    parsed.uid,
    parsed.receiver_band,
    parsed.baseband_name,
    parsed.antenna_name,
    parsed.cal_data_id,
    null::integer as scan_number,
    null::text[] as scan_intents,
    null::text as source_name,
    parsed.start_valid_time,
    case when parsed.n_channels is not null then parsed.axis_id end as axis_id,
    parsed.frequency_min_hz,
    parsed.frequency_max_hz,
    parsed.n_channels,
    parsed.n_segments,
    parsed.first_inside,
    parsed.last_inside,
    parsed.inside,
    {% for value in ["trec_x", "trec_y", "tsys_x", "tsys_y", "tatm_x", "tatm_y"] %}
    case when parsed.{{ ident(value) }} between {{ lowest }} and {{ highest }} then parsed.{{ ident(value) }} end as {{ ident(value) }},
    {% endfor %}
    {% for polarisation in ["x", "y"] %}
    case
        when parsed.{{ ident("has_" ~ polarisation) }} and parsed.tau between {{ lowest }} and {{ highest }} then parsed.tau
    end as {{ ident("tau_" ~ polarisation) }},
    {% endfor %}
    {% for polarisation in ["x", "y"] %}
    case
        when
            parsed.{{ ident("has_" ~ polarisation) }}
            and parsed.water >= {{ lowest }}
            and parsed.water < {{ highest_water }}
            then parsed.water
    end as {{ ident("water_" ~ polarisation) }},
    {% endfor %}
    parsed.trec_spectrum_x,
    parsed.trec_spectrum_y,
    parsed.tsys_spectrum_x,
    parsed.tsys_spectrum_y,
    parsed.n_invalid_scalars,
    case
        when parsed.found_trec_x is null then 0
        when parsed.trec_spectrum_x is null then cardinality(parsed.found_trec_x)
        else cardinality(array_positions(parsed.trec_spectrum_x, null))
    end
    + case
        when parsed.found_trec_y is null then 0
        when parsed.trec_spectrum_y is null then cardinality(parsed.found_trec_y)
        else cardinality(array_positions(parsed.trec_spectrum_y, null))
    end
    + case
        when parsed.found_tsys_x is null then 0
        when parsed.tsys_spectrum_x is null then cardinality(parsed.found_tsys_x)
        else cardinality(array_positions(parsed.tsys_spectrum_x, null))
    end
    + case
        when parsed.found_tsys_y is null then 0
        when parsed.tsys_spectrum_y is null then cardinality(parsed.found_tsys_y)
        else cardinality(array_positions(parsed.tsys_spectrum_y, null))
    end as n_invalid_channels
from {{ staged.parsed }} as parsed
