-- Two that make the marts of the same EB wait for each other; freed at the end of the transaction. All take them in one order.
select pg_advisory_xact_lock(hashtextextended(wanted.name, 0))
from (
    values
    {% for name in names %}
    ({{ name }}){% if not loop.last %},{% endif %}

    {% endfor %}
) as wanted (name)
