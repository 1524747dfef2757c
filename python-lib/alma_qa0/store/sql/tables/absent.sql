-- Those of some tables that are not there, each by its quoted name.
select wanted.name
from (
    values
    {% for name in names %}
    ({{ name }}){% if not loop.last %},{% endif %}

    {% endfor %}
) as wanted (name)
where to_regclass(wanted.name) is null
