-- Rows of some EBs belong to a partition.
update {{ table }} as mart_row
set {{ column }} = {{ value }}
where
    mart_row.uid in {{ uids }}
    and mart_row.{{ column }} is distinct from {{ value }}
