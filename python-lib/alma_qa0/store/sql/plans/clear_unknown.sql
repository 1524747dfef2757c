-- Take out of one mart what the bookkeeping does not know: rows that no refresh of ours made.
delete from {{ table }}
where uid not in (select made.uid from {{ tables.refresh }} as made where made.relation = {{ mart }})
