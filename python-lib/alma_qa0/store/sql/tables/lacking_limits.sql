-- Those of some constraints that their tables lack, where this role may add them.
with wanted as (
    select *
    from
        (
            values
            {% for limit in limits_wanted %}
            ({{ limit[0] }}, {{ limit[1] }}){% if not loop.last %},{% endif %}

            {% endfor %}
        ) as listed (table_name, constraint_name)
)

select wanted.constraint_name as name
from wanted
inner join pg_class as present on to_regclass(wanted.table_name) = present.oid
where
    pg_has_role(present.relowner, 'usage')
    and not exists (
        select 1
        from pg_constraint as known
        where
            known.conrelid = present.oid
            and known.conname = wanted.constraint_name
    )
