-- The decisions about some EBs, and with comments all that was said, each EB's newest first. n_decisions counts no comments. unseen: the
-- decisions made after the one that it supersedes and before itself, which its author did not see; null where there are none.
with counted as (
    select
        decision.*,
        count(decision.status) over (partition by decision.uid) as n_decisions,
        row_number() over (partition by decision.uid order by decision.decided_at desc) as age
    from {{ table }} as decision
    where
        decision.uid in {{ uids }}
        and ({{ with_comments }} or decision.status is not null)
)

select
    {{ columns }},
    n_decisions,
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
{% if newest_only %}
where age = 1
{% endif %}
order by
    uid asc,
    decided_at desc
