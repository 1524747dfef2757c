-- A table for a part of the rows of another one, with a key of its own: that of the whole would have to hold the time.
create table {{ partition }} (
    like {{ table }} including all excluding indexes,
    primary key ({{ key }})
)
with (autovacuum_vacuum_scale_factor = 0.05)
