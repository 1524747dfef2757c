-- One row per EB of the batch x receiver band x baseband x antenna x calibration. Hz, K, m; an invalid value is null.
-- The old table knows no scans, and one water and tau for both polarisations. Of a row that stands there for two days the later counts.
-- A spectrum with another number of values than its frequency axis has no place on it, and is null.
-- offset 0 keeps the planner from parsing again wherever the result is used; no order is meant.
with latest as (
    select distinct on (old.uid, old.receiverband, old.basebandname, old.antennaname, old.caldataid) old.*
    from {{ tables.cal_atmosphere_production }} as old
    inner join batch on old.uid = batch.uid
    order by
        old.uid asc,
        old.receiverband asc,
        old.basebandname asc,
        old.antennaname asc,
        old.caldataid asc,
        old.day desc,
        old.startvalidtime desc
),

parsed as (
    select
        latest.*,
        string_to_array(latest.frequencyspectrum, ',', '')::double precision[] as frequency_values,
        string_to_array(latest.trecspectrum_x, ',', '')::double precision[] as trec_values_x,
        string_to_array(latest.trecspectrum_y, ',', '')::double precision[] as trec_values_y,
        string_to_array(latest.tsysspectrum_x, ',', '')::double precision[] as tsys_values_x,
        string_to_array(latest.tsysspectrum_y, ',', '')::double precision[] as tsys_values_y
    from latest
    offset 0 -- noqa: AM09
),

placed as (
    select
        parsed.*,
        cardinality(parsed.trec_values_x) = cardinality(parsed.frequency_values) as trec_x_has_place,
        cardinality(parsed.trec_values_y) = cardinality(parsed.frequency_values) as trec_y_has_place,
        cardinality(parsed.tsys_values_x) = cardinality(parsed.frequency_values) as tsys_x_has_place,
        cardinality(parsed.tsys_values_y) = cardinality(parsed.frequency_values) as tsys_y_has_place,
        coalesce(parsed.trec_x, parsed.tsys_x, parsed.tatm_x, parsed.trec_values_x[1], parsed.tsys_values_x[1]) is not null as has_x,
        coalesce(parsed.trec_y, parsed.tsys_y, parsed.tatm_y, parsed.trec_values_y[1], parsed.tsys_values_y[1]) is not null as has_y,
        parsed.tau > 0 and parsed.tau < 'Infinity' as tau_is_valid,
        parsed.water > 0 and parsed.water < 'Infinity' and parsed.water != 1 as water_is_valid
    from parsed
),

valid as (
    select
        placed.*,
        {% for values in ["frequency_values", "trec_values_x", "trec_values_y", "tsys_values_x", "tsys_values_y"] %}
        case
            when {{ smallest }} <= all(placed.{{ ident(values) }}) and {{ largest }} >= all(placed.{{ ident(values) }})
                then placed.{{ ident(values) }}
            else (
                select array_agg(case when one.value between {{ smallest }} and {{ largest }} then one.value end order by one.channel)
                from unnest(placed.{{ ident(values) }}) with ordinality as one (value, channel)
            )
        end as {{ ident("valid_" ~ values) }}{% if not loop.last %},{% endif %}

        {% endfor %}
    from placed
    offset 0 -- noqa: AM09
)

select
    valid.uid::text as uid,
    replace(valid.receiverband, 'ALMA_RB_', '')::integer as receiver_band,
    valid.basebandname::text as baseband_name,
    valid.antennaname::text as antenna_name,
    valid.caldataid::text as cal_data_id,
    null::integer as scan_number,
    null::text[] as scan_intents,
    null::text as source_name,
    valid.startvalidtime::timestamp with time zone as start_valid_time,
    md5(array_send(nullif(valid.valid_frequency_values, '{}'))) as axis_id,
    nullif(valid.valid_frequency_values, '{}') as frequency_hz,
    case when valid.trec_x > 0 and valid.trec_x < 'Infinity' then valid.trec_x::double precision end as trec_x,
    case when valid.trec_y > 0 and valid.trec_y < 'Infinity' then valid.trec_y::double precision end as trec_y,
    case when valid.tsys_x > 0 and valid.tsys_x < 'Infinity' then valid.tsys_x::double precision end as tsys_x,
    case when valid.tsys_y > 0 and valid.tsys_y < 'Infinity' then valid.tsys_y::double precision end as tsys_y,
    case when valid.tatm_x > 0 and valid.tatm_x < 'Infinity' then valid.tatm_x::double precision end as tatm_x,
    case when valid.tatm_y > 0 and valid.tatm_y < 'Infinity' then valid.tatm_y::double precision end as tatm_y,
    case when valid.tau_is_valid and valid.has_x then valid.tau::double precision end as tau_x,
    case when valid.tau_is_valid and valid.has_y then valid.tau::double precision end as tau_y,
    case when valid.water_is_valid and valid.has_x then valid.water::double precision end as water_x,
    case when valid.water_is_valid and valid.has_y then valid.water::double precision end as water_y,
    case when valid.trec_x_has_place then nullif(valid.valid_trec_values_x, '{}')::real[] end as trec_spectrum_x,
    case when valid.trec_y_has_place then nullif(valid.valid_trec_values_y, '{}')::real[] end as trec_spectrum_y,
    case when valid.tsys_x_has_place then nullif(valid.valid_tsys_values_x, '{}')::real[] end as tsys_spectrum_x,
    case when valid.tsys_y_has_place then nullif(valid.valid_tsys_values_y, '{}')::real[] end as tsys_spectrum_y
from valid
