-- One row per EB of the batch x frequency axis. Key: uid, axis_id. Hz.
-- The rule of core/spectra.py: a step that turns round, or is more than 1.5 times the median step, begins another spectral window.
-- A channel is inside unless it is one of the first or last max(4, 3.125 %) of its window; a window too short to keep one keeps all.
with axis as (
    select distinct on (staged.uid, staged.axis_id)
        staged.uid,
        staged.axis_id,
        staged.frequency_hz
    from staged_cal_atmosphere as staged
    where staged.axis_id is not null
    order by
        staged.uid,
        staged.axis_id
),

channel as (
    select
        axis.uid,
        axis.axis_id,
        one.channel,
        one.frequency,
        one.frequency - lag(one.frequency) over (
            partition by axis.uid, axis.axis_id
            order by one.channel
        ) as step
    from axis
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
)

select
    edged.uid,
    edged.axis_id,
    min(edged.frequency) as frequency_min_hz,
    max(edged.frequency) as frequency_max_hz,
    count(*)::integer as n_channels,
    (max(edged.segment) + 1)::integer as n_segments,
    array_agg(edged.frequency order by edged.channel) as frequency_hz,
    array_agg(
        2 * edged.edge >= edged.n_in_segment
        or (edged.place > edged.edge and edged.place <= edged.n_in_segment - edged.edge)
        order by edged.channel
    ) as inside
from edged
group by
    edged.uid,
    edged.axis_id
