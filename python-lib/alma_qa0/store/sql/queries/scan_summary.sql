-- The calibrations of one EB.
select {{ columns }}
from {{ tables.scan_summary }} as present
where uid = {{ uid }}
order by
    start_valid_time asc,
    receiver_band asc,
    baseband_name asc,
    antenna_name asc,
    cal_data_id asc
