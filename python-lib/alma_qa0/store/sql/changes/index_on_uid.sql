-- The indexes by which the EBs of a table, by its quoted name, are found.
select one.indexrelid::regclass::text as name
from pg_index as one
inner join pg_attribute as leading_column
    on
        one.indrelid = leading_column.attrelid
        and one.indkey[0] = leading_column.attnum
where
    one.indrelid = to_regclass({{ table }})
    and leading_column.attname = 'uid'
    and one.indisvalid
    and one.indpred is null
