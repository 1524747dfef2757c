-- One row per EB of the source. Key: uid. source_version changes when the files of the EB did; it is null where the marts were made of
-- these files and their calibrations have been taken out since: nothing could be made again.
select
    asdm.uid,
    case
        when
            noted.uid is null
            or exists (
                select 1
                from {{ tables.cal_atmosphere }} as kept
                where
                    kept.uid = asdm.uid
                    {% if uids is not none %}
                    and kept.uid in {{ uids }}
                    {% endif %}
            )
            then {{ recipe }} || asdm.content_hash
    end as source_version
from {{ tables.asdm }} as asdm
left join {{ tables.refresh }} as noted
    on
        asdm.uid = noted.uid
        and noted.source = 'asdm'
        and noted.relation = 'scan_summary'
        and noted.n_rows > 0
        and split_part(noted.source_version, ':', 2) = asdm.content_hash
{% if uids is not none %}
where asdm.uid in {{ uids }}
{% endif %}
