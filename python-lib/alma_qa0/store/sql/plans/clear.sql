-- Take the EBs of the batch out of one mart.
delete from {{ table }}
where uid in (select batch.uid from batch)
