-- Let some EBs, or files, out of quarantine for one step.
delete from {{ table }}
where
    uid in {{ uids }}
    and step = {{ step }}
