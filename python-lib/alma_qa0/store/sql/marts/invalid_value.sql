-- One row per row of scan_summary x polarisation x quantity x kind of invalid value.
-- Key: uid, receiver_band, baseband_name, antenna_name, cal_data_id, polarisation, quantity, kind.
select
    invalid.uid,
    invalid.receiver_band,
    invalid.baseband_name,
    invalid.antenna_name,
    invalid.cal_data_id,
    staged.scan_number,
    invalid.polarisation,
    invalid.quantity,
    invalid.kind,
    invalid.n_values
from staged_invalid_value as invalid
inner join staged_cal_atmosphere as staged
    on
        invalid.uid = staged.uid
        and invalid.receiver_band = staged.receiver_band
        and invalid.baseband_name = staged.baseband_name
        and invalid.antenna_name = staged.antenna_name
        and invalid.cal_data_id = staged.cal_data_id
