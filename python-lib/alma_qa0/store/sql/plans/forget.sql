-- Take some EBs out of the bookkeeping of some marts.
delete from {{ tables.refresh }}
where
    uid in {{ uids }}
    and relation in {{ marts }}
    {% if gate is not none %}
    and ({{ gate }})
    {% endif %}
