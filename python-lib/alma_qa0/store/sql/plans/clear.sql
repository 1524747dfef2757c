-- Take some EBs out of one mart.
delete from {{ table }}
where
    uid in {{ uids }}
    {% if gate is not none %}
    and ({{ gate }})
    {% endif %}
