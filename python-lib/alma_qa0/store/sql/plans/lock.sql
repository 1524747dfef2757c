-- Two refreshes of the same marts wait for each other, batch by batch.
select pg_advisory_xact_lock(hashtextextended({{ name }}, 0))
