-- A staged relation of core/fields.py, for this transaction.
create temporary table {{ table }} (
    {% for field in fields %}
    {{ field.name }} {{ field.kind }},
    {% endfor %}
    primary key ({{ key }})
) on commit drop
