-- A role may change a table's rows and take them out.
grant insert, update, delete on {{ table }} to {{ role }}
