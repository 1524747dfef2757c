-- Rows in the binary layout that store/load.py writes.
copy {{ table }} ({{ columns }}) from stdin with (format binary)
