-- Two that decide about the same EB at once wait for each other, so that the order of their decisions is that of their times.
select pg_advisory_xact_lock(hashtextextended({{ uid }}, 1))
