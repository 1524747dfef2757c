-- Writes of which layout a table is.
comment on table {{ table }} is {{ layout }}
