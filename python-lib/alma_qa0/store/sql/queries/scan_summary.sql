-- The calibrations of one EB.
select {{ columns }}
from {{ tables.scan_summary }} as summary
where summary.uid = {{ uid }}
order by
    summary.start_valid_time asc,
    summary.receiver_band asc,
    summary.baseband_name asc,
    summary.antenna_name asc,
    summary.cal_data_id asc
