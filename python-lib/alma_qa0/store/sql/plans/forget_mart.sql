-- Take one mart out of the bookkeeping: it is made again for every EB.
delete from {{ tables.refresh }}
where relation = {{ mart }}
