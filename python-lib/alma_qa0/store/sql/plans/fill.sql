-- The rows of one mart for one batch of EBs, staged inside the statement, so that a distributed database makes them where they stay.
insert into {{ table }} ({{ columns }})
select {{ columns }}
from (
    {{ rows }}
) as made
