-- Note how many rows of a batch are in one mart.
update {{ tables.refresh }} as noted
set n_rows = counted.n_rows
from (
    select
        mart_row.uid,
        count(*) as n_rows
    from {{ table }} as mart_row
    where mart_row.uid in {{ uids }}
    group by mart_row.uid
) as counted
where
    noted.uid = counted.uid
    and noted.uid in {{ uids }}
    and noted.relation = {{ mart }}
    and noted.n_rows != counted.n_rows
