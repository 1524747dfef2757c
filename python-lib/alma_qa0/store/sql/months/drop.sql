-- A table whose rows are elsewhere by now.
drop table {{ table }}
