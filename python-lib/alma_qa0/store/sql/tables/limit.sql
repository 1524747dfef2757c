-- Refuses rows that hold more than a column may from now on; what is there already stays. Two that do so at once do the same.
alter table {{ table }}
drop constraint if exists {{ constraint }},
add constraint {{ constraint }} check (
    {% if field.longest %}
    length({{ column }}) <= {{ field.longest }}
    {% else %}
    {{ column }} between 0 and {{ field.largest }}
    {% endif %}
) not valid
