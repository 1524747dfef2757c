-- The findings of one EB: worst first, each followed by those that are folded under it.
select {{ columns }}
from {{ tables.finding }} as present
where uid = {{ uid }}
order by
    array_position(array['severe', 'warning', 'info'], severity) asc,
    coalesce(cause_id, finding_id) asc,
    (cause_id is not null) asc,
    scan_number asc nulls first,
    length(cal_data_id) asc nulls first, -- CalData_9 before CalData_10
    finding_id asc
