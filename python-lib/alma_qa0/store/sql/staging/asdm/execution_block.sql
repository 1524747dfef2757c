-- One row per EB of the batch: what its ASDM says of it as a whole. Key: uid. Hz, m.
with antenna_list as (
    select
        block.uid,
        array_agg(distinct antenna.antenna_name order by antenna.antenna_name) as antenna_names
    from {{ tables.exec_block }} as block
    inner join {{ tables.antenna }} as antenna
        on
            block.uid = antenna.uid
            and antenna.antenna_id = any(block.antenna_ids)
    where block.uid in {{ uids }}
    group by block.uid
),

target as (
    select
        scan.uid,
        array_agg(distinct scan.source_name order by scan.source_name) filter (
            where 'OBSERVE_TARGET' = any(scan.scan_intents) and scan.source_name is not null
        ) as source_names,
        case
            when bool_or('OBSERVE_TARGET' = any(scan.scan_intents))
                then sum(extract(epoch from scan.end_time - scan.start_time)) filter (where 'OBSERVE_TARGET' = any(scan.scan_intents))
            else 0
        end::double precision as time_on_source_s
    from {{ tables.scan }} as scan
    where scan.uid in {{ uids }}
    group by scan.uid
),

radiometer as (
    select
        wvr.uid,
        percentile_cont(0.5) within group (order by wvr.water_m) as water_m
    from {{ tables.cal_wvr }} as wvr
    where wvr.uid in {{ uids }}
    group by wvr.uid
),

wanted as (
    select *
    from
        (
            values
            {% for relation, asdm_table, layout, first_layout in raw_relations %}
            ({{ relation }}, {{ asdm_table }}, {{ layout }}, {{ first_layout }}){% if not loop.last %},{% endif %}

            {% endfor %}
        ) as listed (relation, asdm_table, layout, first_layout)
),

unread as (
    select
        asdm.uid,
        array_agg(distinct wanted.asdm_table order by wanted.asdm_table) as table_names
    from {{ tables.asdm }} as asdm
    cross join wanted
    left join {{ tables.intake }} as intake
        on
            asdm.uid = intake.uid
            and wanted.relation = intake.relation
    where
        asdm.uid in {{ uids }}
        and coalesce(intake.reader_version, wanted.first_layout) is distinct from wanted.layout
    group by asdm.uid
)

select
    asdm.uid,
    asdm.simulated,
    coalesce(block.project_uid, summary.project_uid) as project_uid,
    summary.sb_uid,
    block.array_name,
    coalesce(antenna_list.antenna_names, '{}'::text[]) as antenna_names,
    block.start_time,
    block.end_time,
    summary.representative_frequency_ghz * 1e9::double precision as representative_frequency_hz,
    coalesce(target.source_names, '{}'::text[]) as source_names,
    radiometer.water_m,
    block.aborted,
    target.time_on_source_s,
    coalesce(unread.table_names, '{}'::text[]) as unread_tables
from {{ tables.asdm }} as asdm
left join {{ tables.exec_block }} as block on asdm.uid = block.uid
left join {{ tables.sb_summary }} as summary
    on
        block.uid = summary.uid
        and block.sb_summary_id = summary.sb_summary_id
left join antenna_list on asdm.uid = antenna_list.uid
left join target on asdm.uid = target.uid
left join radiometer on asdm.uid = radiometer.uid
left join unread on asdm.uid = unread.uid
where
    asdm.uid in {{ uids }}
    {% if gate is not none %}
    and ({{ gate }})
    {% endif %}
