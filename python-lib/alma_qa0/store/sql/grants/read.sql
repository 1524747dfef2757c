-- A role may read a table.
grant select on {{ table }} to {{ role }}
