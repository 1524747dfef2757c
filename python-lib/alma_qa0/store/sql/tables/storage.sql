-- Wide columns whose noise does not compress are stored as they are.
alter table {{ table }}
{% for column in kept_as_they_are %}
alter column {{ column }} set storage external{% if not loop.last %},{% endif %}

{% endfor %}
