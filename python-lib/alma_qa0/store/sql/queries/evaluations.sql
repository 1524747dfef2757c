-- How many findings each EB has that stand for themselves, by severity.
select
    evaluation.uid,
    evaluation.n_info,
    evaluation.n_warning,
    evaluation.n_severe
from {{ tables.evaluation }} as evaluation
{% if uids is not none %}
where evaluation.uid in {{ uids }}
{% endif %}
order by evaluation.uid
