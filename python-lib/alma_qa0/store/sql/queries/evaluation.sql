-- The evaluation of one EB.
select {{ columns }}
from {{ tables.evaluation }}
where uid = {{ uid }}
