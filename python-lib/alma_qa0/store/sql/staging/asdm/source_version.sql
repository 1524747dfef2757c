-- One row per EB of the source. Key: uid. source_version changes when the files of the EB did.
select
    asdm.uid,
    asdm.content_hash as source_version
from {{ tables.asdm }} as asdm
{% if uids is not none %}
where asdm.uid in {{ uids }}
{% endif %}
