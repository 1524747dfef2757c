-- Two that make tables at the same time wait for each other: "if not exists" alone does not help them.
select pg_advisory_xact_lock(hashtextextended('alma-qa0 tables', 0))
