-- Whether some mart of some EB of the batch is still to be made: others may have made it since its version was looked up.
select count(*) > 0
from (
    values
    {% for uid, mart, version in wanted_versions %}
    ({{ uid }}, {{ mart }}, {{ version }}){% if not loop.last %},{% endif %}

    {% endfor %}
) as wanted (uid, relation, source_version)
where
    not exists (
        select 1
        from {{ tables.refresh }} as made
        where
            made.uid = wanted.uid
            and made.relation = wanted.relation
            and made.source = {{ source }}
            and made.source_version = wanted.source_version
    )
