-- Rows of all EBs but some do not belong to a partition.
update {{ table }} as mart_row
set {{ column }} = null
where
    mart_row.{{ column }} = {{ value }}
    and mart_row.uid not in {{ uids }}
