-- One row per EB of the source. Key: uid. source_version changes when the files of the EB did, and when they were read again.
select
    asdm.uid,
    asdm.content_hash || coalesce(':' || nullif(asdm.n_readings, 1)::text, '') as source_version
from {{ tables.asdm }} as asdm
{% if uids is not none %}
where asdm.uid in {{ uids }}
{% endif %}
