-- The rows of a query column by column, in one row: times and numbers as array_send packs their array, each eight bytes after its length;
-- texts as a JSON array. A time that is null is sent as -infinity, a number as NaN. A real becomes the number that it is written as.
select
    {% for name in times %}
    array_send(array_agg(coalesce(each.{{ ident(name) }}, '-infinity'))) as {{ ident(name) }},
    {% endfor %}
    {% for name in reals %}
    array_send(array_agg(coalesce(each.{{ ident(name) }}::text::double precision, 'NaN'))) as {{ ident(name) }},
    {% endfor %}
    {% for name in numbers %}
    array_send(array_agg(coalesce(each.{{ ident(name) }}::double precision, 'NaN'))) as {{ ident(name) }},
    {% endfor %}
    {% for name in texts %}
    json_agg(each.{{ ident(name) }})::text as {{ ident(name) }}{% if not loop.last %},{% endif %}

    {% endfor %}
from (
    {{ rows }}
) as each
