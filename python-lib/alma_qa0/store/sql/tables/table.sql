-- The table of one relation of core/fields.py. No sequences and no keys into other tables: it may be distributed by uid.
create table if not exists {{ table }} (
    {% for field in fields %}
    {{ field.name }} {{ field.kind }},
    {% endfor %}
    primary key ({{ key }})
)
