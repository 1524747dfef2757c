-- Take out what was said of some EBs.
delete from {{ table }}
where uid in {{ uids }}
