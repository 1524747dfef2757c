-- How many decisions there are.
select count(*) as n
from {{ table }} as present
