-- A partition becomes a table of its own.
alter table {{ table }} detach partition {{ partition }}
