-- The EBs that start on days of a range (UTC, both ends included) and hold the words looked for; newest first.
-- n_found is how many there are without the limit.
select
    block.*,
    count(*) over () as n_found
from {{ tables.execution_block }} as block
where
    ({{ first }} is null or block.start_time >= {{ first }})
    and ({{ end }} is null or block.start_time < {{ end }})
    and (
        block.uid ilike {{ pattern }}
        or block.project_uid ilike {{ pattern }}
        or block.sb_uid ilike {{ pattern }}
        or block.array_name ilike {{ pattern }}
        or block.array_family ilike {{ pattern }}
        or array_to_string(block.source_names, ' ') ilike {{ pattern }}
    )
order by
    block.start_time desc nulls last,
    block.uid asc
limit {{ limit }}
