-- The decisions about some EBs, and with comments all that was said, each EB's newest first; all, so many of the newest, or one by its id.
-- n_decisions counts no comments, n_said counts all. Texts come whole, or so long that one sees whether they are too long. unseen: the
-- decisions made after the one that it supersedes and before itself, which its author did not see; null where there are none.
with counted as (
    select
        decision.*,
        count(decision.status) over (partition by decision.uid) as n_decisions,
        count(*) over (partition by decision.uid) as n_said,
        row_number() over (partition by decision.uid order by decision.decided_at desc) as age
    from {{ table }} as decision
    where
        decision.uid in {{ uids }}
        and ({{ with_comments }} or decision.status is not null)
)

select
    {% for column, most in said_columns %}
    {% if most %}
    left({{ column }}, {{ most }}) as {{ column }},
    {% else %}
    {{ column }},
    {% endif %}
    {% endfor %}
    n_decisions,
    n_said,
    (
        select array_agg(other.decision_id order by other.decided_at)
        from {{ table }} as other
        where
            other.uid = counted.uid
            and other.status is not null
            and counted.status is not null
            and other.decided_at < counted.decided_at
            and other.decided_at > coalesce(
                (
                    select seen.decided_at
                    from {{ table }} as seen
                    where
                        seen.uid = counted.uid
                        and seen.decision_id = counted.supersedes
                ),
                '-infinity'
            )
    ) as unseen
from counted
where
    ({{ newest }} is null or age <= {{ newest }})
    and ({{ decision_id }} is null or decision_id = {{ decision_id }})
order by
    uid asc,
    decided_at desc
