-- One EB.
select {{ columns }}
from {{ tables.execution_block }} as present
where uid = {{ uid }}
