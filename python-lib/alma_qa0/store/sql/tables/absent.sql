-- Those of some tables that are not there, each by its quoted name.
select name
from unnest(array[{% for name in names %}{{ name }}{% if not loop.last %}, {% endif %}{% endfor %}]) as name
where to_regclass(name) is null
