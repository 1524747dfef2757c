-- The invalid values of one EB.
select {{ columns }}
from {{ tables.invalid_value }} as invalid
where invalid.uid = {{ uid }}
order by
    invalid.scan_number asc nulls last,
    invalid.cal_data_id asc,
    invalid.receiver_band asc,
    invalid.baseband_name asc,
    invalid.antenna_name asc,
    invalid.quantity asc,
    invalid.polarisation asc,
    invalid.kind asc
