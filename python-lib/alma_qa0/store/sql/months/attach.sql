-- A table becomes a partition: of a month (UTC), or of rows that have no time or whose month has none, so that no row is refused.
alter table {{ table }} attach partition {{ partition }}
{% if first is none %}
default
{% else %}
for values from ({{ first }}) to ({{ end }})
{% endif %}
