-- One row per row of scan_summary x polarisation x quantity x kind of invalid value.
-- Key: uid, receiver_band, baseband_name, antenna_name, cal_data_id, polarisation, quantity, kind.
select
    staged.uid,
    staged.receiver_band,
    staged.baseband_name,
    staged.antenna_name,
    staged.cal_data_id,
    staged.scan_number,
    staged.polarisation,
    staged.quantity,
    staged.kind,
    staged.n_values
from {{ staged.invalid_value }} as staged
