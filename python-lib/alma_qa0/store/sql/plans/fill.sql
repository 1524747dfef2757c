-- The rows of one relation, made by its SQL.
insert into {{ table }} ({{ columns }})
select {{ columns }}
from (
    {{ rows }}
) as made
