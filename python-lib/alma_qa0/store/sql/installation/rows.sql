-- How many rows a table has, of how many EBs.
select
    count(*) as n_rows,
    count(distinct counted.uid) as n_execution_blocks
from {{ table }} as counted
