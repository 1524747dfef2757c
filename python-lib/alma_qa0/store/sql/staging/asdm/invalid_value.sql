-- One row per row of staged_cal_atmosphere x polarisation x quantity x kind of invalid value, as it was found when the EB was taken in.
select
    invalid.uid,
    invalid.receiver_band,
    invalid.baseband_name,
    invalid.antenna_name,
    invalid.cal_data_id,
    cal_data.scan_numbers[1] as scan_number,
    invalid.polarisation,
    invalid.quantity,
    invalid.kind,
    invalid.n_values
from {{ tables.invalid_value_raw }} as invalid
left join {{ tables.cal_data }} as cal_data
    on
        invalid.uid = cal_data.uid
        and invalid.cal_data_id = cal_data.cal_data_id
where
    invalid.uid in {{ uids }}
    {% if gate is not none %}
    and ({{ gate }})
    {% endif %}
