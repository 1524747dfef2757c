-- Whether a table, by its quoted name, or each of its partitions, has a unique index of some columns and no others.
select coalesce(bool_and(part.has_key), false) as found
from (
    select
        (
            select count(*) > 0
            from pg_index as one
            where
                one.indrelid = holder.oid
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
        ) as has_key
    from pg_class as holder
    where
        holder.relkind != 'p'
        and (
            holder.oid = to_regclass({{ table }})
            or holder.oid in (
                select tree.relid
                from pg_partition_tree(to_regclass({{ table }})) as tree
            )
        )
) as part
