-- What a table is sought by beside its key.
create index if not exists {{ index }} on {{ table }} (
    {{ leading }}{% if newest_first %} desc nulls last{% endif %}
    {% for column in others %}, {{ column }}{% endfor %}

)
{% if beside %}
include ({{ beside }})
{% endif %}
