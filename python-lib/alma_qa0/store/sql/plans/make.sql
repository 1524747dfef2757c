-- The rows of some marts for one batch of EBs, staged once for all of them.
with
{% for name, is_kept, rows in staging %}
{{ name }} as {% if not is_kept %}not {% endif %}materialized (
    {{ rows }}
){% if not loop.last or more_fills %},{% endif %}

{% endfor %}
{% for fill in more_fills %}
{{ fill.made }} as (
    insert into {{ fill.table }} ({{ fill.columns }})
    select {{ fill.columns }}
    from (
        {{ fill.rows }}
    ) as made
){% if not loop.last %},{% endif %}

{% endfor %}
insert into {{ last.table }} ({{ last.columns }})
select {{ last.columns }}
from (
    {{ last.rows }}
) as made
