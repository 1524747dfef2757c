-- One row per EB of the marts: from which versions of its source they were made, and whether it has to be judged again.
select
    version.uid,
    version.source_version,
    {{ full }} or not coalesce(
        evaluation.source_version = version.source_version
        and evaluation.limits = {{ limits_text }}
        and evaluation.rules_version = {{ rules_version }},
        false
    ) as pending
from (
    select
        block.uid,
        coalesce(string_agg(made.source_version, ' ' order by made.relation), '') as source_version
    from {{ tables.execution_block }} as block
    left join {{ tables.refresh }} as made on block.uid = made.uid
    {% if uids is not none %}
    where block.uid in {{ uids }}
    {% endif %}
    group by block.uid
) as version
left join {{ tables.evaluation }} as evaluation on version.uid = evaluation.uid
order by version.uid
