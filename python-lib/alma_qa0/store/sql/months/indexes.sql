-- The statements that make the indexes of a table, by its quoted name, beside its key: ours, and those of others.
select pg_get_indexdef(one.indexrelid) as definition
from pg_index as one
where
    one.indrelid = to_regclass({{ table }})
    and not one.indisunique
    and one.indisvalid
