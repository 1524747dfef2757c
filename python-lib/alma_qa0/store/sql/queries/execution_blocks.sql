-- The EBs that start on days of a range (UTC, both ends included) and hold the words looked for; newest first.
-- n_found is how many there are without the limit.
select
    {{ columns }},
    count(*) over () as n_found
from {{ tables.execution_block }}
where
    ({{ first }} is null or start_time >= {{ first }})
    and ({{ end }} is null or start_time < {{ end }})
    and (
        uid ilike {{ pattern }}
        or project_uid ilike {{ pattern }}
        or sb_uid ilike {{ pattern }}
        or array_name ilike {{ pattern }}
        or array_family ilike {{ pattern }}
        or array_to_string(source_names, ' ') ilike {{ pattern }}
    )
order by
    start_time desc nulls last,
    uid asc
limit {{ limit }}
