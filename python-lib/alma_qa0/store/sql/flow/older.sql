-- A table of an earlier version of alma-qa0 with the columns that came later: they are null.
(
    select {{ columns }}{% for field in other_fields %}, null::{{ field.kind }} as {{ field.name }}{% endfor %}

    from {{ table }}
)
