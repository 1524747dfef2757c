-- Take out the evaluations whose findings are no longer there, as when their table was emptied or dropped: these EBs are judged again.
delete from {{ tables.evaluation }} as evaluation
where
    evaluation.n_info + evaluation.n_warning + evaluation.n_severe > 0
    and not exists (
        select 1
        from {{ tables.finding }} as finding
        where finding.uid = evaluation.uid
    )
