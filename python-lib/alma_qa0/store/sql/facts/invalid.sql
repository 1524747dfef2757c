-- Values that are none: one row per EB x antenna x baseband x calibration x polarisation x quantity, the scalar and its whole spectrum as
-- one. Trx and Tsys are one row, too, under the name of the first that has no value: n_of says how many of them have none.
with value as (
    select
        invalid.uid,
        invalid.receiver_band,
        invalid.baseband_name,
        invalid.antenna_name,
        invalid.cal_data_id,
        invalid.scan_number,
        invalid.polarisation,
        replace(invalid.quantity, '_spectrum', '') as quantity,
        array_agg(distinct invalid.kind) as kinds,
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
        replace(invalid.quantity, '_spectrum', '')
),

whole as (
    select
        value.uid,
        value.receiver_band,
        value.antenna_name,
        value.baseband_name,
        value.polarisation,
        value.cal_data_id,
        value.scan_number,
        value.quantity,
        kind.kind
    from value
    left join {{ tables.scan_summary }} as summary
        on
            value.uid = summary.uid
            and summary.uid in {{ uids }}
            and value.receiver_band = summary.receiver_band
            and value.baseband_name = summary.baseband_name
            and value.antenna_name = summary.antenna_name
            and value.cal_data_id = summary.cal_data_id
    cross join lateral unnest(value.kinds) as kind (kind)
    where
        value.has_scalar
        or value.n_channels >= summary.n_channels
)

select
    'invalid_value' as rule_id,
    whole.uid,
    whole.receiver_band,
    whole.antenna_name,
    whole.baseband_name,
    whole.polarisation,
    whole.cal_data_id,
    whole.scan_number,
    min(whole.quantity) as quantity,
    count(distinct whole.quantity) as n_of,
    string_agg(distinct whole.kind, ', ' order by whole.kind) as words
from whole
group by
    whole.uid,
    whole.receiver_band,
    whole.antenna_name,
    whole.baseband_name,
    whole.polarisation,
    whole.cal_data_id,
    whole.scan_number,
    case when whole.quantity in ('trec', 'tsys') then 'trec' else whole.quantity end
