-- One row per EB of the source. Key: uid. source_version changes when the files of the EB did, and when they were read again; it is null
-- where its calibrations were taken out of the raw tables since: nothing could be made again.
select
    asdm.uid,
    case
        when asdm.calibrations_removed_at is null then asdm.content_hash || coalesce(':' || nullif(asdm.n_readings, 1)::text, '')
    end as source_version
from {{ tables.asdm }} as asdm
{% if uids is not none %}
where asdm.uid in {{ uids }}
{% endif %}
