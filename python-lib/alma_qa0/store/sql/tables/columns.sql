-- The columns of one table, by its quoted name, and their types without lengths.
select
    attname::text as name,
    format_type(atttypid, null) as type
from pg_attribute
where
    attrelid = to_regclass({{ table }})
    and attnum > 0
    and not attisdropped
