-- What was taken in of one EB: one row, or none. The readers are a JSON array: relation, version, digest of the files of the table.
select
    asdm.content_hash,
    coalesce(asdm.n_readings, 1) as n_readings,
    coalesce(
        json_agg(json_build_array(intake.relation, intake.reader_version, intake.content_hash)) filter (where intake.uid is not null), '[]'
    )::text as readers
from {{ tables.asdm }} as asdm
left join {{ tables.intake }} as intake on asdm.uid = intake.uid
where asdm.uid = {{ uid }}
group by
    asdm.content_hash,
    asdm.n_readings
