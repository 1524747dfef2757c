-- The rows of some EBs in any relation.
select {{ columns }}
from {{ table }}
where uid in {{ uids }}
order by {{ key }}
