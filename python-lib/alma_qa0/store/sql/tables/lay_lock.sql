-- Two that lay tables by month or in shards, or make roles, wait for each other, for as long as the connection lasts.
select pg_advisory_lock(hashtextextended('alma-qa0 lay', 0))
