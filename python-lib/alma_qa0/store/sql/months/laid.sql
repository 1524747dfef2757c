-- Those of some tables, each by its quoted name, that lie in partitions.
select wanted.name
from (
    values
    {% for name in names %}
    ({{ name }}){% if not loop.last %},{% endif %}

    {% endfor %}
) as wanted (name)
inner join pg_class as one on to_regclass(wanted.name) = one.oid
where one.relkind = 'p'
