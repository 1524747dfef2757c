-- A relation without rows, in place of a table that is not there. The first column of each is uid.
(
    select null::text as uid{% for field in other_fields %}, null::{{ field.kind }} as {{ field.name }}{% endfor %}

    where false
)
