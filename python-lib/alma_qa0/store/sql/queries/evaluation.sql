-- The evaluation of one EB.
select {{ columns }}
from {{ tables.evaluation }} as present
where uid = {{ uid }}
