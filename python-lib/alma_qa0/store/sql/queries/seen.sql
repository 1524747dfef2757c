-- What may have changed of one EB since it was shown: its marts, its evaluation, its decisions. Null where there is none.
select
    (
        select string_agg(made.source_version, ' ' order by made.relation)
        from (
            {% for table in bookkeeping %}
            select
                relation,
                source_version
            from {{ table }}
            where uid = {{ uid }}
            {% if not loop.last %}
            union all
            {% endif %}
            {% endfor %}
        ) as made
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
