-- Whether some EB of the batch is still to be made: others may have made it since its version was looked up.
select count(*) > 0
from (
    values
    {% for uid, version in versions %}
    ({{ uid }}, {{ version }}){% if not loop.last %},{% endif %}

    {% endfor %}
) as wanted (uid, source_version)
where
    (
        select count(*)
        from {{ tables.refresh }} as made
        where
            made.uid = wanted.uid
            and made.relation in {{ marts }}
            and made.source = {{ source }}
            and made.source_version = wanted.source_version
    ) < {{ marts | length }}
