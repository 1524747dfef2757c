-- One row: when the newest EB of the marts starts, how many EBs were taken in and are in no mart, and how many of the marts were never
-- judged.
select
    (
        select to_char(max(block.start_time) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        from {{ tables.execution_block }} as block
    ) as newest_start,
    {% if taken_in %}
    (
        select count(*)
        from {{ tables.asdm }} as taken_in
        where
            not exists (
                select 1
                from {{ tables.execution_block }} as block
                where block.uid = taken_in.uid
            )
    ) as n_not_made,
    {% else %}
    null::bigint as n_not_made,
    {% endif %}
    (
        select count(*)
        from {{ tables.execution_block }} as block
        where
            not exists (
                select 1
                from {{ tables.evaluation }} as evaluation
                where evaluation.uid = block.uid
            )
    ) as n_not_judged
