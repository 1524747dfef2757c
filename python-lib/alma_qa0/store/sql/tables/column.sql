-- A column that a table of an earlier version lacks.
alter table {{ table }} add column if not exists {{ column }} {{ kind }}
