-- Those of some columns that their tables lack.
with wanted as (
    select *
    from
        (
            values
            {% for column in wanted_columns %}
            ({{ column[0] }}, {{ column[1] }}){% if not loop.last %},{% endif %}

            {% endfor %}
        ) as listed (table_name, column_name)
)

select
    wanted.table_name,
    wanted.column_name
from wanted
where
    not exists (
        select 1
        from pg_attribute as present
        where
            present.attrelid = to_regclass(wanted.table_name)
            and present.attname = wanted.column_name
            and present.attnum > 0
            and not present.attisdropped
    )
