-- The EBs that start on days of a range (UTC, both ends included), hold the words looked for and have one of the states and findings
-- wanted; newest first, with their state (null: nobody decided) and the number of their findings (null: not judged). A branch is a way
-- to have a state: none decided (undecided), the newest decision says so (stated); any takes all. They exclude each other.
with chosen as materialized (
    select
        branch.uid,
        branch.start_time
    from (
        {% for branch in branches %}
        (
            select
                block.uid,
                block.start_time
            from {{ tables.execution_block }} as block
            where
                ({{ first }} is null or block.start_time >= {{ first }})
                and ({{ end }} is null or block.start_time < {{ end }})
                {% if pattern is not none %}
                and block.search_text like lower({{ pattern }})
                {% endif %}
                {% if severity is not none %}
                and exists (
                    select 1
                    from {{ tables.evaluation }} as evaluation
                    where
                        evaluation.uid = block.uid
                        and (evaluation.n_severe > 0{% if severity == "warning" %} or evaluation.n_warning > 0{% endif %})
                )
                {% endif %}
            {% if branch == "undecided" %}
            and not exists (
                select 1
                from {{ tables.decision }} as decision
                where
                    decision.uid = block.uid
                    and decision.status is not null
            )
            {% elif branch == "stated" %}
            and exists (
                select 1
                from {{ tables.decision }} as decision
                where
                    decision.uid = block.uid
                    and decision.status in {{ states }}
                    and not exists (
                        select 1
                        from {{ tables.decision }} as later
                        where
                            later.uid = decision.uid
                            and later.decided_at > decision.decided_at
                            and later.status is not null
                    )
            )
            {% endif %}
            {% if branch == "undecided" %}
            -- All of them first: they may be few among many, and the limit would have them sought one by one.
            offset 0 -- noqa: AM09
            {% else %}
            order by
                block.start_time desc nulls last,
                block.uid asc
            limit {{ limit }}
            {% endif %}
        )
        {% if not loop.last %}
        union all
        {% endif %}
        {% endfor %}
    ) as branch
    order by
        branch.start_time desc nulls last,
        branch.uid asc
    limit {{ limit }}
)

select
    block.uid,
    block.start_time,
    block.receiver_bands,
    block.array_family,
    {% if decided %}
    newest.status,
    {% else %}
    null::text as status,
    {% endif %}
    {% if judged %}
    evaluation.n_severe,
    evaluation.n_warning
    {% else %}
    null::integer as n_severe,
    null::integer as n_warning
    {% endif %}
from chosen
inner join {{ tables.execution_block }} as block on chosen.uid = block.uid
{% if decided %}
left join (
    select distinct on (decision.uid)
        decision.uid,
        decision.status
    from {{ tables.decision }} as decision
    where
        decision.uid in (select listed.uid from chosen as listed)
        and decision.status is not null
    order by
        decision.uid asc,
        decision.decided_at desc
) as newest on block.uid = newest.uid
{% endif %}
{% if judged %}
left join {{ tables.evaluation }} as evaluation on block.uid = evaluation.uid
{% endif %}
order by
    block.start_time desc nulls last,
    block.uid asc
