-- Rows of one relation, given as a JSON array of objects.
insert into {{ table }} ({{ columns }})
select {{ columns }}
from json_populate_recordset(null::{{ table }}, {{ given_rows }}::json)
