-- One row per EB of the batch x frequency axis. Key: uid, axis_id. Hz.
-- The rule of core/spectra.py: a step that turns round, or is more than 1.5 times the median step, begins another spectral window.
-- A channel is inside unless it is one of the first or last max(4, 3.125 %) of its window; a window too short to keep one keeps all.
-- A step that is read twice would be brought to the coordinator of a distributed database, and the rows of the marts with it.
with channel as {% if distributed %}not materialized {% endif %}(
    select
        axis.uid,
        axis.axis_id,
        one.channel,
        one.frequency,
        one.frequency - lag(one.frequency) over (
            partition by axis.uid, axis.axis_id
            order by one.channel
        ) as step
    from (
        {{ axes }}
    ) as axis
    cross join lateral unnest(axis.frequency_hz) with ordinality as one (frequency, channel)
),

usual as (
    select
        channel.uid,
        channel.axis_id,
        count(*) as n_channels,
        percentile_cont(0.5) within group (order by channel.step) as step
    from channel
    group by
        channel.uid,
        channel.axis_id
),

segmented as (
    select
        channel.uid,
        channel.axis_id,
        channel.channel,
        channel.frequency,
        count(*) filter (
            where usual.n_channels >= 3
            and (sign(channel.step) != sign(usual.step) or abs(channel.step) > 1.5 * abs(usual.step))
        ) over (
            partition by channel.uid, channel.axis_id
            order by channel.channel
        ) as segment
    from channel
    inner join usual
        on
            channel.uid = usual.uid
            and channel.axis_id = usual.axis_id
),

counted as (
    select
        segmented.*,
        row_number() over (
            partition by segmented.uid, segmented.axis_id, segmented.segment
            order by segmented.channel
        ) as place,
        count(*) over (
            partition by segmented.uid, segmented.axis_id, segmented.segment
        ) as n_in_segment
    from segmented
),

edged as (
    select
        counted.*,
        greatest({{ edge_channels }}, ceil({{ edge_fraction }} * counted.n_in_segment)) as edge
    from counted
),

judged as (
    select
        edged.uid,
        edged.axis_id,
        edged.channel,
        edged.frequency,
        edged.segment,
        2 * edged.edge >= edged.n_in_segment
        or (edged.place > edged.edge and edged.place <= edged.n_in_segment - edged.edge) as is_inside
    from edged
),

made as (
    select
        judged.uid,
        judged.axis_id,
        min(judged.frequency) as frequency_min_hz,
        max(judged.frequency) as frequency_max_hz,
        count(*)::integer as n_channels,
        (max(judged.segment) + 1)::integer as n_segments,
        array_agg(judged.frequency order by judged.channel) as frequency_hz,
        (min(judged.channel) filter (where judged.is_inside))::integer as first_inside,
        (max(judged.channel) filter (where judged.is_inside))::integer as last_inside,
        count(*) filter (where judged.is_inside) as n_inside,
        array_agg(judged.is_inside order by judged.channel) as inside
    from judged
    group by
        judged.uid,
        judged.axis_id
)

select
    made.uid,
    made.axis_id,
    made.frequency_min_hz,
    made.frequency_max_hz,
    made.n_channels,
    made.n_segments,
    made.frequency_hz,
    made.inside,
    case when made.n_inside = made.last_inside - made.first_inside + 1 then made.first_inside end as first_inside,
    case when made.n_inside = made.last_inside - made.first_inside + 1 then made.last_inside end as last_inside
from made
