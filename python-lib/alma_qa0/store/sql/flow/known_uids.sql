-- Those of some uids that have rows in a table.
select distinct source_row.uid
from {{ table }} as source_row
where source_row.uid in {{ uids }}
