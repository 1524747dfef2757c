-- A table with the columns of another one, whose rows lie in partitions by a time.
create table {{ table }} (
    like {{ before }} including all excluding indexes
) partition by range ({{ time_column }})
