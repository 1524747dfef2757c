-- Wide columns whose noise does not compress are stored as they are. Nobody seeks by what is in them: no statistics, for which each of
-- their elements would be read and counted.
alter table {{ table }}
{% for column in kept_as_they_are %}
alter column {{ column }} set storage external,
alter column {{ column }} set statistics 0{% if not loop.last %},{% endif %}

{% endfor %}
