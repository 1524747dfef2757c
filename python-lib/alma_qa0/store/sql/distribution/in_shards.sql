-- Those of some tables, each by its quoted name, that lie in shards.
select wanted.name
from (
    values
    {% for name in names %}
    ({{ name }}){% if not loop.last %},{% endif %}

    {% endfor %}
) as wanted (name)
inner join pg_dist_partition as distributed on to_regclass(wanted.name) = distributed.logicalrelid
where distributed.partmethod = 'h'
