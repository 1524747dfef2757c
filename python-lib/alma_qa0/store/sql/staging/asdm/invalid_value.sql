-- One row per row of staged_cal_atmosphere x polarisation x quantity x kind of invalid value, as it was found when the EB was taken in.
select
    invalid.uid,
    invalid.receiver_band,
    invalid.baseband_name,
    invalid.antenna_name,
    invalid.cal_data_id,
    invalid.polarisation,
    invalid.quantity,
    invalid.kind,
    invalid.n_values
from {{ tables.invalid_value_raw }} as invalid
inner join batch on invalid.uid = batch.uid
