-- The key of a relation, for a table that was made without it.
alter table {{ table }} add primary key ({{ key }})
