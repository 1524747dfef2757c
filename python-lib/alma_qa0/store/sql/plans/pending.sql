-- One row per EB of the source: its version, and whether some of the marts asked for were made from another one, or never.
select
    version.uid,
    version.source_version,
    {% if full %}
    true as pending
    {% else %}
    count(made.relation) < {{ marts | length }} as pending
    {% endif %}
from (
    {{ source_version }}
) as version
left join {{ tables.refresh }} as made
    on
        version.uid = made.uid
        and version.source_version = made.source_version
        and made.source = {{ source }}
        and made.relation in {{ marts }}
{% if uids is not none %}
where version.uid in {{ uids }}
{% endif %}
group by
    version.uid,
    version.source_version
