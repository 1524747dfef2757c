-- The rows of several tables of one relation, in place of one table.
(
    {% for table in parts %}
    select {{ columns }}
    from {{ table }}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
)
