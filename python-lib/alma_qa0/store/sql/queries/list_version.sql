-- Differs when an EB came, went or was made again, when one was judged, decided or quarantined: what the list of EBs shows.
select
    concat_ws(
        ' ',
        (select count(*) from {{ tables.execution_block }} as present),
        {% for table in bookkeeping %}
        (select max(refreshed_at) from {{ table }}),
        {% endfor %}
        {% if judged %}
        (select max(evaluated_at) from {{ tables.evaluation }} as present),
        {% endif %}
        {% if decided %}
        (select max(decided_at) from {{ tables.decision }} as present),
        {% endif %}
        {% if quarantined %}
        (select concat(count(*), ' ', max(failed_at)) from {{ tables.quarantine }} as present),
        {% endif %}
        ''
    ) as list_version
