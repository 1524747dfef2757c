-- Waits until no other transaction replaces the rows of this EB; freed at the end of the transaction.
select pg_advisory_xact_lock(hashtextextended({{ uid }}, 0))
