-- One decision or comment more. Its time is later than that of every other about the EB, even where the clock was set back. A decision is
-- added only where the marts and the evaluation are those that its author saw.
insert into {{ table }} (
    uid,
    decision_id,
    decided_at,
    decided_by,
    status,
    reasons,
    comment,
    execution_fraction,
    findings,
    limits,
    program_version,
    supersedes,
    source_version,
    evaluated_at
)
select
    {{ decision.uid }},
    {{ decision_id }},
    greatest(clock_timestamp(), max(earlier.decided_at) + interval '1 microsecond') as decided_at,
    {{ decision.decided_by }},
    {{ status }},
    array[
        {% for reason in reasons %}
        {{ reason }}{% if not loop.last %},{% endif %}

        {% endfor %}
    ]::text[],
    {{ decision.comment }},
    {{ decision.execution_fraction }},
    {{ decision.findings }},
    {{ decision.limits }},
    {{ decision.program_version }},
    {{ decision.supersedes }},
    {{ decision.source_version }},
    {{ decision.evaluated_at }}::timestamptz
from {{ table }} as earlier
where earlier.uid = {{ decision.uid }}
having
    {{ decision.source_version }} is null
    or (
        (
            {{ source_version }}
        ) is not distinct from {{ decision.source_version }}
        and (
            {{ evaluated_at }}
        ) is not distinct from {{ decision.evaluated_at }}::timestamptz
    )
