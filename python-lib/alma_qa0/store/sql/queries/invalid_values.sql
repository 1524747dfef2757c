-- The invalid values of one EB.
select {{ columns }}
from {{ tables.invalid_value }} as present
where uid = {{ uid }}
order by
    scan_number asc nulls last,
    cal_data_id asc,
    receiver_band asc,
    baseband_name asc,
    antenna_name asc,
    quantity asc,
    polarisation asc,
    kind asc
