-- The table of one relation of core/fields.py. No sequences and no keys into other tables: it may be distributed by uid. A large one is
-- vacuumed when a twentieth of it is dead, not a fifth: its EBs are made again one by one, and the room of the old rows is then theirs.
create table if not exists {{ table }} (
    {% for field in fields %}
    {{ field.name }} {{ field.kind }},
    {% endfor %}
    primary key ({{ key }})
)
{% if is_large %}
with (autovacuum_vacuum_scale_factor = 0.05)
{% endif %}
