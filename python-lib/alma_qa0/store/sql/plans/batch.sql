-- The EBs of this batch that are still pending now that nobody else refreshes. Key: uid.
create temporary table batch on commit drop as
select
    candidate.uid,
    candidate.source_version
from (
    {{ pending }}
) as candidate
where candidate.pending
