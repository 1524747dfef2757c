-- How many EBs whose calibrations were taken out of the raw tables one mart has not: it cannot be made of them again.
select count(*) as n
from {{ tables.asdm }} as asdm
where
    asdm.calibrations_removed_at is not null
    and not exists (
        select 1
        from {{ tables.refresh }} as made
        where
            made.uid = asdm.uid
            and made.relation = {{ mart }}
    )
