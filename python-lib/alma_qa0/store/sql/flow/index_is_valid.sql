-- Whether an index, by its quoted name, is there and can be used.
select coalesce(bool_or(one.indisvalid), false) as valid
from pg_index as one
where one.indexrelid = to_regclass({{ index }})
