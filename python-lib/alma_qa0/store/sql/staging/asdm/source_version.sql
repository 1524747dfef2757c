-- One row per EB of the source. Key: uid. source_version changes when the files of the EB did; it is null where the marts were made of
-- these files and their calibrations have been taken out since: nothing could be made again.
select
    asdm.uid,
    case
        when
            noted.uid is not null
            and kept.uid is null
            then null
        else {{ recipe }} || asdm.content_hash
    end as source_version
from {{ tables.asdm }} as asdm
left join {{ tables.refresh }} as noted
    on
        asdm.uid = noted.uid
        and noted.source = 'asdm'
        and noted.relation = 'scan_summary'
        and noted.n_rows > 0
        and split_part(noted.source_version, ':', 2) = asdm.content_hash
left join (
    select distinct one.uid
    from {{ tables.cal_atmosphere }} as one
    {% if uids is not none %}
    where one.uid in {{ uids }}
    {% endif %}
) as kept on asdm.uid = kept.uid
{% if uids is not none %}
where asdm.uid in {{ uids }}
{% endif %}
