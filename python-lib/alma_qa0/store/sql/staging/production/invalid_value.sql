-- One row per row of staged_cal_atmosphere x polarisation x quantity x kind of invalid value, found in the old table's own values.
with suspect as (
    select
        parsed.uid,
        parsed.receiver_band,
        parsed.baseband_name,
        parsed.antenna_name,
        parsed.cal_data_id,
        one.polarisation,
        one.quantity,
        one.found,
        one.n_expected
    from {{ staged.parsed }} as parsed
    cross join
        lateral (
            values
            ('X', 'trec', array_remove(array[parsed.trec_x], null), 1),
            ('Y', 'trec', array_remove(array[parsed.trec_y], null), 1),
            ('X', 'tsys', array_remove(array[parsed.tsys_x], null), 1),
            ('Y', 'tsys', array_remove(array[parsed.tsys_y], null), 1),
            ('X', 'tatm', array_remove(array[parsed.tatm_x], null), 1),
            ('Y', 'tatm', array_remove(array[parsed.tatm_y], null), 1),
            ('X', 'tau', case when parsed.has_x then array_remove(array[parsed.tau], null) end, 1),
            ('Y', 'tau', case when parsed.has_y then array_remove(array[parsed.tau], null) end, 1),
            ('X', 'water', case when parsed.has_x then array_remove(array[parsed.water], null) end, 1),
            ('Y', 'water', case when parsed.has_y then array_remove(array[parsed.water], null) end, 1),
            ('X', 'frequency_hz', case when parsed.has_x then parsed.found_frequency_hz end, parsed.n_channels),
            ('Y', 'frequency_hz', case when parsed.has_y then parsed.found_frequency_hz end, parsed.n_channels),
            ('X', 'trec_spectrum', parsed.found_trec_x, parsed.n_channels),
            ('Y', 'trec_spectrum', parsed.found_trec_y, parsed.n_channels),
            ('X', 'tsys_spectrum', parsed.found_tsys_x, parsed.n_channels),
            ('Y', 'tsys_spectrum', parsed.found_tsys_y, parsed.n_channels)
        ) as one (polarisation, quantity, found, n_expected)
    where
        parsed.n_invalid_scalars > 0
        or parsed.found_frequency_hz is not null
        or coalesce(parsed.found_trec_x, parsed.found_trec_y, parsed.found_tsys_x, parsed.found_tsys_y) is not null
),

judged as (
    select
        suspect.uid,
        suspect.receiver_band,
        suspect.baseband_name,
        suspect.antenna_name,
        suspect.cal_data_id,
        suspect.polarisation,
        suspect.quantity,
        case
            when cardinality(suspect.found) != coalesce(suspect.n_expected, 0) then 'wrong_length'
            when one.value = -1 then 'no_solution'
            when one.value >= 0 and one.value < {{ smallest }} then 'zero'
            when one.value < -{{ largest }} or one.value > {{ largest }} then 'not_finite'
            when one.value < 0 then 'negative'
            when suspect.quantity = 'frequency_hz'
                then case when not one.value between {{ lowest_hz }} and {{ highest_hz }} then 'out_of_range' end
            when suspect.quantity = 'water' and one.value = {{ highest_water }} then 'sentinel'
            when
                not one.value between {{ lowest }} and {{ highest }}
                or (suspect.quantity = 'water' and one.value > {{ highest_water }})
                then 'out_of_range'
        end as kind
    from suspect
    cross join lateral unnest(suspect.found) as one (value)
)

select
    judged.uid,
    judged.receiver_band,
    judged.baseband_name,
    judged.antenna_name,
    judged.cal_data_id,
    null::integer as scan_number,
    judged.polarisation,
    judged.quantity,
    judged.kind,
    count(*)::integer as n_values
from judged
where judged.kind is not null
group by
    judged.uid,
    judged.receiver_band,
    judged.baseband_name,
    judged.antenna_name,
    judged.cal_data_id,
    judged.polarisation,
    judged.quantity,
    judged.kind
