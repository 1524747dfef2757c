-- The mark that was kept, or no row.
select kept.source_version as mark
from {{ tables.refresh }} as kept
where
    kept.uid = ''
    and kept.relation = 'source'
    and kept.source = {{ source }}
