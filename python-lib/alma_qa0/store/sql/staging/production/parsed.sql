-- One row per EB of the batch x receiver band x baseband x antenna x calibration of the old table, its text parsed. Hz, K, m.
-- Of a row that stands there for two days the later counts. A spectrum with another number of values than its frequency axis has no place
-- on it. found_ are the values of a spectrum that is not all right, else null. The window keeps the planner from parsing again wherever
-- the result is used; so does offset 0, which means no order. A time without a time zone is UTC.
with aged as (
    select
        old.uid::text as uid,
        replace(old.receiverband, 'ALMA_RB_', '')::integer as receiver_band,
        old.basebandname::text as baseband_name,
        old.antennaname::text as antenna_name,
        old.caldataid::text as cal_data_id,
        to_timestamp(extract(epoch from old.startvalidtime)) as start_valid_time,
        {% for value in ["trec_x", "trec_y", "tsys_x", "tsys_y", "tatm_x", "tatm_y", "tau", "water"] %}
        old.{{ ident(value) }}::double precision as {{ ident(value) }},
        {% endfor %}
        coalesce(old.trec_x, old.tsys_x, old.tatm_x) is not null
        or coalesce(nullif(old.trecspectrum_x, ''), nullif(old.tsysspectrum_x, '')) is not null as has_x,
        coalesce(old.trec_y, old.tsys_y, old.tatm_y) is not null
        or coalesce(nullif(old.trecspectrum_y, ''), nullif(old.tsysspectrum_y, '')) is not null as has_y,
        old.frequencyspectrum as frequency_words,
        md5(nullif(old.frequencyspectrum, '')) as axis_id,
        string_to_array(nullif(old.trecspectrum_x, ''), ',', '')::double precision[] as trec_values_x,
        string_to_array(nullif(old.trecspectrum_y, ''), ',', '')::double precision[] as trec_values_y,
        string_to_array(nullif(old.tsysspectrum_x, ''), ',', '')::double precision[] as tsys_values_x,
        string_to_array(nullif(old.tsysspectrum_y, ''), ',', '')::double precision[] as tsys_values_y,
        row_number() over (
            partition by old.uid, old.receiverband, old.basebandname, old.antennaname, old.caldataid
            order by
                old.day desc,
                old.startvalidtime desc
        ) as age
    from {{ tables.cal_atmosphere_production }} as old
    where
        old.uid in {{ uids }}
        {% if gate is not none %}
        and ({{ gate }})
        {% endif %}
),

checked as (
    select
        aged.*,
        axis.frequency_min_hz,
        axis.frequency_max_hz,
        axis.n_channels,
        axis.n_segments,
        axis.first_inside,
        axis.last_inside,
        case when axis.first_inside is null then axis.inside end as inside,
        case
            when array_position(axis.frequency_hz, null) is not null
                then string_to_array(aged.frequency_words, ',', '')::double precision[]
        end as found_frequency_hz,
    {% for name in ["trec_values_x", "trec_values_y", "tsys_values_x", "tsys_values_y"] %}
    coalesce(
        cardinality(aged.{{ ident(name) }}) = axis.n_channels
        and {{ lowest }} <= all(aged.{{ ident(name) }})
        and {{ highest }} >= all(aged.{{ ident(name) }}),
        false
    ) as {{ ident(name ~ "_are_valid") }}{% if not loop.last %},{% endif %}

    {% endfor %}
    from aged
    left join {{ staged.frequency_axis }} as axis
        on
            aged.uid = axis.uid
            and aged.axis_id = axis.axis_id
    where aged.age = 1
    {% if not distributed %}
    offset 0 -- noqa: AM09
    {% endif %}
)

select
    checked.uid,
    checked.receiver_band,
    checked.baseband_name,
    checked.antenna_name,
    checked.cal_data_id,
    checked.start_valid_time,
    checked.axis_id,
    checked.frequency_min_hz,
    checked.frequency_max_hz,
    checked.n_channels,
    checked.n_segments,
    checked.first_inside,
    checked.last_inside,
    checked.inside,
    checked.has_x,
    checked.has_y,
    {% for value in ["trec_x", "trec_y", "tsys_x", "tsys_y", "tatm_x", "tatm_y", "tau", "water"] %}
    checked.{{ ident(value) }},
    {% endfor %}
    coalesce(not checked.trec_x between {{ lowest }} and {{ highest }}, false)::integer
    + coalesce(not checked.trec_y between {{ lowest }} and {{ highest }}, false)::integer
    + coalesce(not checked.tsys_x between {{ lowest }} and {{ highest }}, false)::integer
    + coalesce(not checked.tsys_y between {{ lowest }} and {{ highest }}, false)::integer
    + coalesce(not checked.tatm_x between {{ lowest }} and {{ highest }}, false)::integer
    + coalesce(not checked.tatm_y between {{ lowest }} and {{ highest }}, false)::integer
    + (checked.has_x::integer + checked.has_y::integer) * (
        coalesce(not checked.tau between {{ lowest }} and {{ highest }}, false)::integer
        + coalesce(not (checked.water >= {{ lowest }} and checked.water < {{ highest_water }}), false)::integer
    ) as n_invalid_scalars,
    {% for quantity in ["trec", "tsys"] %}
    {% for polarisation in ["x", "y"] %}
    case
        when checked.{{ ident(quantity ~ "_values_" ~ polarisation ~ "_are_valid") }}
            then checked.{{ ident(quantity ~ "_values_" ~ polarisation) }}
        when cardinality(checked.{{ ident(quantity ~ "_values_" ~ polarisation) }}) = checked.n_channels
            then (
                select array_agg(case when one.value between {{ lowest }} and {{ highest }} then one.value end order by one.channel)
                from unnest(checked.{{ ident(quantity ~ "_values_" ~ polarisation) }}) with ordinality as one (value, channel)
            )
    end::real[] as {{ ident(quantity ~ "_spectrum_" ~ polarisation) }},
    case
        when not checked.{{ ident(quantity ~ "_values_" ~ polarisation ~ "_are_valid") }}
            then checked.{{ ident(quantity ~ "_values_" ~ polarisation) }}
    end as {{ ident("found_" ~ quantity ~ "_" ~ polarisation) }},
    {% endfor %}
    {% endfor %}
    checked.found_frequency_hz
from checked
