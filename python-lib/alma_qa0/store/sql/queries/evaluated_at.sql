-- When one EB was judged; no row where it was not.
select evaluation.evaluated_at
from {{ tables.evaluation }} as evaluation
where evaluation.uid = {{ uid }}
