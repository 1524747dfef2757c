-- Values that are none: one row per EB x antenna x baseband x calibration x polarisation x quantity, the scalar and its whole spectrum as
-- one. n_of counts the calibrations of that antenna, baseband and polarisation.
with value as (
    select
        invalid.uid,
        invalid.receiver_band,
        invalid.baseband_name,
        invalid.antenna_name,
        invalid.cal_data_id,
        invalid.scan_number,
        invalid.polarisation,
        case
            when invalid.quantity in ('trec', 'trec_spectrum', 'tsys', 'tsys_spectrum') then 'trec'
            else replace(invalid.quantity, '_spectrum', '')
        end as quantity,
        array_agg(distinct invalid.kind order by invalid.kind) as kinds,
        sum(invalid.n_values) filter (where invalid.quantity like '%\_spectrum') as n_channels,
        bool_or(invalid.quantity not like '%\_spectrum') as has_scalar
    from {{ tables.invalid_value }} as invalid
    where
        invalid.uid in {{ uids }}
        and invalid.quantity in ('trec', 'tsys', 'tatm', 'tau', 'water', 'trec_spectrum', 'tsys_spectrum')
    group by
        invalid.uid,
        invalid.receiver_band,
        invalid.baseband_name,
        invalid.antenna_name,
        invalid.cal_data_id,
        invalid.scan_number,
        invalid.polarisation,
        case
            when invalid.quantity in ('trec', 'trec_spectrum', 'tsys', 'tsys_spectrum') then 'trec'
            else replace(invalid.quantity, '_spectrum', '')
        end
)

select
    'invalid_value' as rule_id,
    value.uid,
    value.receiver_band,
    value.antenna_name,
    value.baseband_name,
    value.polarisation,
    value.cal_data_id,
    value.scan_number,
    value.quantity,
    array_to_string(value.kinds, ', ') as words
from value
left join {{ tables.scan_summary }} as summary
    on
        value.uid = summary.uid
        and summary.uid in {{ uids }}
        and value.receiver_band = summary.receiver_band
        and value.baseband_name = summary.baseband_name
        and value.antenna_name = summary.antenna_name
        and value.cal_data_id = summary.cal_data_id
where
    value.has_scalar
    or value.n_channels >= summary.n_channels
