-- One row per EB of the source. Key: uid. source_version changes when the files of the EB did.
select
    uid,
    {{ recipe }} || content_hash as source_version
from {{ tables.asdm }}
