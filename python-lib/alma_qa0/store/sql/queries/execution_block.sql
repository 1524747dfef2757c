-- One EB.
select {{ columns }}
from {{ tables.execution_block }} as block
where block.uid = {{ uid }}
