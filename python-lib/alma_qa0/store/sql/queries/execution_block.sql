-- One EB.
select {{ columns }}
from {{ tables.execution_block }}
where uid = {{ uid }}
