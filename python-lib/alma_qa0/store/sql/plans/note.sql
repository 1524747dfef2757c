-- Note from which version of the source the rows of a batch in one mart were made.
insert into {{ tables.refresh }} (uid, relation, source, source_version, n_rows, refreshed_at)
with wanted (uid, source_version) as (
    values
    {% for uid, version in versions %}
    ({{ uid }}, {{ version }}){% if not loop.last %},{% endif %}

    {% endfor %}
)

select
    wanted.uid,
    {{ mart }} as relation,
    {{ source }} as source,
    wanted.source_version,
    0 as n_rows,
    now() as refreshed_at
from wanted
{% if gate is not none %}
where ({{ gate }})
{% endif %}
