-- Note of every EB that one raw relation is not whole, since its table, or a column of it, was not there: its files have to be read again.
insert into {{ tables.intake }} (uid, relation, reader_version)
select
    asdm.uid,
    {{ relation }} as relation,
    'lost' as reader_version
from {{ tables.asdm }} as asdm
on conflict (uid, relation) do update set reader_version = 'lost'
