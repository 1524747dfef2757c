-- The rows of some EBs in any relation.
select {{ columns }}
from {{ table }} as present
where uid in {{ uids }}
order by {{ key }}
