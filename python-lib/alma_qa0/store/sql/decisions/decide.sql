-- One decision more. Its time is later than that of every other about the EB, even where the clock was set back.
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
    supersedes
)
select
    {{ decision.uid }},
    {{ decision_id }},
    greatest(clock_timestamp(), max(earlier.decided_at) + interval '1 microsecond') as decided_at,
    {{ decision.decided_by }},
    {{ decision.status.value }},
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
    {{ decision.supersedes }}
from {{ table }} as earlier
where earlier.uid = {{ decision.uid }}
