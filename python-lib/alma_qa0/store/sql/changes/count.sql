-- How many rows some EBs have in the source.
select count(*) as n_rows
from {{ source_table }} as source_row
where source_row.uid in {{ uids }}
