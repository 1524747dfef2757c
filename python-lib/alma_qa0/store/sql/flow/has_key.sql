-- Whether a unique index of a table, by its quoted name, is of some columns and no others.
select count(*) > 0 as found
from pg_index as one
where
    one.indrelid = to_regclass({{ table }})
    and one.indisunique
    and one.indisvalid
    and one.indpred is null
    and one.indnatts = {{ names | length }}
    and not exists (
        select 1
        from pg_attribute
        where
            pg_attribute.attrelid = one.indrelid
            and pg_attribute.attnum = any(one.indkey)
            and pg_attribute.attname not in {{ names }}
    )
