-- What is in quarantine, the newest first.
select {{ columns }}
from {{ table }}
order by
    failed_at desc,
    uid asc,
    step asc
