-- Of some tables that are there, each by its quoted name: what is written of its layout, and whether this role may write that.
select
    wanted.name,
    obj_description(present.oid, 'pg_class') as layout,
    pg_has_role(present.relowner, 'usage') as may_alter
from (
    values
    {% for name in names %}
    ({{ name }}){% if not loop.last %},{% endif %}

    {% endfor %}
) as wanted (name)
inner join pg_class as present on to_regclass(wanted.name) = present.oid
