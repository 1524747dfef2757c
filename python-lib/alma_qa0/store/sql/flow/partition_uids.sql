-- The EBs that a partition holds.
select distinct mart_row.uid
from {{ table }} as mart_row
where mart_row.{{ column }} = {{ value }}
