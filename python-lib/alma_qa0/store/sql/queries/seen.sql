-- What may have changed of one EB since it was shown: its marts, its evaluation, its decisions. Null where there is none.
select
    (
        {{ source_version }}
    ) as source_version,
    {% if judged %}
    (
        select evaluation.evaluated_at::text
        from {{ tables.evaluation }} as evaluation
        where evaluation.uid = {{ uid }}
    ) as evaluated_at,
    {% else %}
    null as evaluated_at,
    {% endif %}
    {% if decided %}
    (
        select decision.decision_id
        from {{ tables.decision }} as decision
        where decision.uid = {{ uid }}
        order by decision.decided_at desc
        limit 1
    ) as newest_decision
    {% else %}
    null as newest_decision
    {% endif %}
