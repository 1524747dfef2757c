-- DSS lists the partitions of a table by the values of their column.
create index if not exists {{ index }} on {{ table }} ({{ column }})
