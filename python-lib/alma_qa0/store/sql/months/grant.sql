-- What somebody may do with the rows of a table.
grant
{% if privilege == "select" %}
select
{% elif privilege == "insert" %}
insert
{% elif privilege == "update" %}
update
{% else %}
delete
{% endif %}
on {{ table }} to {% if who is none %}public{% else %}{{ who }}{% endif %}
