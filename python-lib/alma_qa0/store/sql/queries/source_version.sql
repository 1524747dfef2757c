-- From which versions of its source the marts of one EB were made.
select string_agg(made.source_version, ' ' order by made.relation) as source_version
from (
    {% for table in bookkeeping %}
    select
        relation,
        source_version
    from {{ table }}
    where uid = {{ uid }}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
) as made
