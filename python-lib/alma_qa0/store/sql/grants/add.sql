-- A role may add rows to a table.
grant insert on {{ table }} to {{ role }}
