-- The column by which DSS knows the partitions of a table. It is of DSS, not of core/fields.py.
alter table {{ table }} add column if not exists {{ column }} text
