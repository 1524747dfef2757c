-- The months (UTC) in which rows of a table, or of some of its EBs, begin; rows without a time have none.
select distinct to_char(one.{{ time_column }}::timestamp with time zone at time zone 'UTC', 'YYYY-MM') as month
from {{ table }} as one
where
    one.{{ time_column }} is not null
    {% if uids is not none %}
    and one.uid in {{ uids }}
    {% endif %}
