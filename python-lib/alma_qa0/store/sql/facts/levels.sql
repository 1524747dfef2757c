-- Trx and Tsys beyond their limits: one row per rule x EB x antenna x baseband x polarisation x calibration, as far as each applies.
-- value and reference are in K, metric is a ratio. Levels are logarithms: their differences are ratios and their medians know no units.
-- A median of the array needs three antennas; with fewer, what an antenna does is held against itself or against its receiver band.
with band as (
    select *
    from
        (
            values
            {% for band in bands %}
            ({{ band.number }}, {{ band.trec_typical_k }}, {{ band.trec_specification_k }}){% if not loop.last %},{% endif %}

            {% endfor %}
        ) as listed (receiver_band, typical_k, specification_k)
),

allowed as (
    select *
    from
        (
            values
            {% for quantity in ("trec", "tsys") %}
            {% set level, jump = limits[quantity ~ "_level"], limits[quantity ~ "_jump"] %}
            ({{ quantity }}, {{ level.high }}, {{ level.low }}, {{ jump.ratio }}, {{ jump.sigmas }}){% if not loop.last %},{% endif %}

            {% endfor %}
        ) as listed (quantity, high, low, jump, sigmas)
),

one as (
    select
        summary.uid,
        summary.receiver_band,
        summary.baseband_name,
        summary.antenna_name,
        summary.cal_data_id,
        summary.scan_number,
        each.polarisation,
        each.quantity,
        ln(each.value) as level
    from {{ tables.scan_summary }} as summary
    cross join
        lateral (
            values
            ('X', 'trec', coalesce(summary.trec_median_x, summary.trec_x)),
            ('Y', 'trec', coalesce(summary.trec_median_y, summary.trec_y)),
            ('X', 'tsys', coalesce(summary.tsys_median_x, summary.tsys_x)),
            ('Y', 'tsys', coalesce(summary.tsys_median_y, summary.tsys_y))
        ) as each (polarisation, quantity, value)
    where
        summary.uid in {{ uids }}
        and each.value > 0
),

array_level as (
    select
        one.uid,
        one.receiver_band,
        one.baseband_name,
        one.cal_data_id,
        one.scan_number,
        one.polarisation,
        one.quantity,
        percentile_cont(0.5) within group (order by one.level) as level,
        count(*) as n_antennas,
        array_agg(one.antenna_name order by one.antenna_name) as antenna_names,
        array_agg(one.level order by one.antenna_name) as levels
    from one
    group by
        one.uid,
        one.receiver_band,
        one.baseband_name,
        one.cal_data_id,
        one.scan_number,
        one.polarisation,
        one.quantity
),

against_array as (
    select
        array_level.uid,
        array_level.receiver_band,
        array_level.baseband_name,
        array_level.cal_data_id,
        array_level.scan_number,
        array_level.polarisation,
        array_level.quantity,
        array_level.n_antennas,
        member.antenna_name,
        member.level,
        case
            when array_level.n_antennas > 2 then array_level.level
            when array_level.quantity = 'trec' then ln(band.typical_k)
        end as reference
    from array_level
    inner join band on array_level.receiver_band = band.receiver_band
    cross join lateral unnest(array_level.antenna_names, array_level.levels) as member (antenna_name, level)
),

cell as (
    select
        against_array.uid,
        against_array.receiver_band,
        against_array.baseband_name,
        against_array.antenna_name,
        against_array.polarisation,
        against_array.quantity,
        percentile_cont(0.5) within group (order by against_array.level) as level,
        percentile_cont(0.5) within group (order by against_array.level - against_array.reference) as offset_from_array,
        count(*) as n_calibrations,
        array_agg(against_array.cal_data_id order by against_array.cal_data_id) as cal_data_ids,
        array_agg(against_array.scan_number order by against_array.cal_data_id) as scan_numbers,
        array_agg(against_array.level order by against_array.cal_data_id) as levels
    from against_array
    group by
        against_array.uid,
        against_array.receiver_band,
        against_array.baseband_name,
        against_array.antenna_name,
        against_array.polarisation,
        against_array.quantity
),

change as (
    select
        cell.uid,
        cell.receiver_band,
        cell.baseband_name,
        cell.antenna_name,
        cell.polarisation,
        cell.quantity,
        cell.level as usual,
        member.cal_data_id,
        member.scan_number,
        member.level,
        member.level - cell.level as own_change
    from cell
    cross join lateral unnest(cell.cal_data_ids, cell.scan_numbers, cell.levels) as member (cal_data_id, scan_number, level)
    where cell.n_calibrations > 1
),

array_change as (
    select
        change.uid,
        change.receiver_band,
        change.baseband_name,
        change.cal_data_id,
        change.scan_number,
        change.polarisation,
        change.quantity,
        case when count(*) > 2 then percentile_cont(0.5) within group (order by change.own_change) else 0 end as own_change,
        count(*) as n_antennas,
        array_agg(change.antenna_name order by change.antenna_name) as antenna_names,
        array_agg(change.level order by change.antenna_name) as levels,
        array_agg(change.usual order by change.antenna_name) as usual_levels,
        array_agg(change.own_change order by change.antenna_name) as own_changes
    from change
    group by
        change.uid,
        change.receiver_band,
        change.baseband_name,
        change.cal_data_id,
        change.scan_number,
        change.polarisation,
        change.quantity
),

jump as (
    select
        array_change.uid,
        array_change.receiver_band,
        array_change.baseband_name,
        array_change.cal_data_id,
        array_change.scan_number,
        array_change.polarisation,
        array_change.quantity,
        member.antenna_name,
        member.level,
        member.usual,
        member.own_change - array_change.own_change as jump
    from array_change
    cross join
        lateral unnest(
            array_change.antenna_names,
            array_change.levels,
            array_change.usual_levels,
            array_change.own_changes
        ) as member (antenna_name, level, usual, own_change)
    where
        array_change.n_antennas > 2
        or array_change.quantity = 'trec'
),

steady as (
    select
        jump.uid,
        jump.receiver_band,
        jump.quantity,
        1.4826 * percentile_cont(0.5) within group (order by abs(jump.jump)) as sigma
    from jump
    group by
        jump.uid,
        jump.receiver_band,
        jump.quantity
),

scatter as (
    select
        jump.uid,
        jump.receiver_band,
        jump.baseband_name,
        jump.antenna_name,
        jump.polarisation,
        jump.quantity,
        max(jump.usual) as usual,
        1.4826 * percentile_cont(0.5) within group (order by abs(jump.jump)) as sigma
    from jump
    where jump.quantity = 'trec'
    group by
        jump.uid,
        jump.receiver_band,
        jump.baseband_name,
        jump.antenna_name,
        jump.polarisation,
        jump.quantity
    having count(*) > 3
),

pair as (
    select
        cell.uid,
        cell.receiver_band,
        cell.baseband_name,
        cell.antenna_name,
        max(cell.level) filter (where cell.polarisation = 'X') as x_level,
        max(cell.level) filter (where cell.polarisation = 'Y') as y_level,
        max(cell.offset_from_array) filter (where cell.polarisation = 'X') as x_offset,
        max(cell.offset_from_array) filter (where cell.polarisation = 'Y') as y_offset
    from cell
    where cell.quantity = 'trec'
    group by
        cell.uid,
        cell.receiver_band,
        cell.baseband_name,
        cell.antenna_name
    having count(*) = 2
),

ratios as (
    select
        pair.uid,
        pair.receiver_band,
        pair.baseband_name,
        array_agg(pair.x_level - pair.y_level) as ratios,
        count(*) as n_antennas
    from pair
    group by
        pair.uid,
        pair.receiver_band,
        pair.baseband_name
),

-- With one more antenna whose X and Y agree: few alone would make their own scatter the reference.
array_pair as (
    select
        ratios.uid,
        ratios.receiver_band,
        ratios.baseband_name,
        case when ratios.n_antennas > 1 then middle.ratio else 0 end as ratio,
        ratios.n_antennas
    from ratios
    cross join
        lateral (
            select percentile_cont(0.5) within group (order by member.ratio) as ratio
            from unnest(ratios.ratios || 0::double precision) as member (ratio)
        ) as middle
),

excess as (
    select
        pair.*,
        array_pair.n_antennas,
        pair.x_level - pair.y_level - array_pair.ratio as excess
    from pair
    inner join array_pair using (uid, receiver_band, baseband_name)
),

own_ratio as (
    select
        excess.uid,
        excess.receiver_band,
        excess.antenna_name,
        percentile_cont(0.5) within group (order by excess.excess) as excess,
        percentile_cont(0.5) within group (order by excess.x_level) as x_level,
        percentile_cont(0.5) within group (order by excess.y_level) as y_level,
        percentile_cont(0.5) within group (order by excess.x_offset) as x_offset,
        percentile_cont(0.5) within group (order by excess.y_offset) as y_offset,
        count(*) as n_basebands,
        max(excess.n_antennas) as n_antennas
    from excess
    group by
        excess.uid,
        excess.receiver_band,
        excess.antenna_name
),

pairs_alike as (
    select
        own_ratio.uid,
        own_ratio.receiver_band,
        least(
            ln({{ limits.polarisation_ratio.most }}),
            greatest(
                ln({{ limits.polarisation_ratio.ratio }}),
                {{ limits.polarisation_ratio.sigmas }} * 1.4826
                * percentile_cont(0.5) within group (order by abs(own_ratio.excess))
                filter (where own_ratio.n_antennas >= {{ limits.polarisation_ratio.array }})
            )
        ) as bound
    from own_ratio
    group by
        own_ratio.uid,
        own_ratio.receiver_band
),

-- Of an antenna in the median of its basebands, and of a baseband against that median.
polarisation_ratio as (
    select
        own_ratio.uid,
        own_ratio.receiver_band,
        own_ratio.antenna_name,
        null as baseband_name,
        own_ratio.x_level,
        own_ratio.y_level,
        own_ratio.x_offset,
        own_ratio.y_offset,
        own_ratio.excess,
        pairs_alike.bound
    from own_ratio
    inner join pairs_alike using (uid, receiver_band)
    where abs(own_ratio.excess) > pairs_alike.bound
    union all
    select
        excess.uid,
        excess.receiver_band,
        excess.antenna_name,
        excess.baseband_name,
        excess.x_level,
        excess.y_level,
        excess.x_offset - own_ratio.x_offset as x_offset,
        excess.y_offset - own_ratio.y_offset as y_offset,
        excess.excess - own_ratio.excess as excess,
        ln({{ limits.polarisation_ratio.baseband }}) as bound
    from excess
    inner join own_ratio using (uid, receiver_band, antenna_name)
    where
        own_ratio.n_basebands > 2
        and abs(excess.excess - own_ratio.excess) > ln({{ limits.polarisation_ratio.baseband }})
),

own_basebands as (
    select
        cell.uid,
        cell.receiver_band,
        cell.antenna_name,
        cell.polarisation,
        percentile_cont(0.5) within group (order by cell.level) as level,
        array_agg(cell.baseband_name order by cell.baseband_name) as baseband_names,
        array_agg(cell.level order by cell.baseband_name) as levels
    from cell
    where cell.quantity = 'trec'
    group by
        cell.uid,
        cell.receiver_band,
        cell.antenna_name,
        cell.polarisation
    having count(*) > 1
),

contrast as (
    select
        own_basebands.uid,
        own_basebands.receiver_band,
        own_basebands.antenna_name,
        own_basebands.polarisation,
        own_basebands.level as usual,
        member.baseband_name,
        member.level,
        member.level - own_basebands.level as own_contrast
    from own_basebands
    cross join lateral unnest(own_basebands.baseband_names, own_basebands.levels) as member (baseband_name, level)
),

array_contrast as (
    select
        contrast.uid,
        contrast.receiver_band,
        contrast.baseband_name,
        contrast.polarisation,
        percentile_cont(0.5) within group (order by contrast.own_contrast) as own_contrast,
        count(*) as n_antennas
    from contrast
    group by
        contrast.uid,
        contrast.receiver_band,
        contrast.baseband_name,
        contrast.polarisation
),

baseband_ratio as (
    select
        contrast.*,
        array_contrast.n_antennas,
        contrast.own_contrast - case when array_contrast.n_antennas > 2 then array_contrast.own_contrast else 0 end as excess
    from contrast
    inner join array_contrast using (uid, receiver_band, baseband_name, polarisation)
),

alike as (
    select
        baseband_ratio.uid,
        baseband_ratio.receiver_band,
        1.4826 * percentile_cont(0.5) within group (order by abs(baseband_ratio.excess)) as sigma
    from baseband_ratio
    group by
        baseband_ratio.uid,
        baseband_ratio.receiver_band
),

whole_array as (
    select
        change.uid,
        change.receiver_band,
        change.cal_data_id,
        change.quantity,
        max(change.scan_number) as scan_number,
        percentile_cont(0.5) within group (order by change.own_change) as own_change
    from change
    group by
        change.uid,
        change.receiver_band,
        change.cal_data_id,
        change.quantity
    having count(distinct change.antenna_name) > 2
),

found as (
    select
        case when against_array.quantity = 'trec' then 'trec_level' else 'tsys_level' end as rule_id,
        against_array.uid,
        against_array.receiver_band,
        against_array.antenna_name,
        against_array.baseband_name,
        against_array.polarisation,
        against_array.cal_data_id,
        against_array.scan_number,
        against_array.quantity,
        exp(against_array.level) as value,
        exp(against_array.reference) as reference,
        exp(against_array.level - against_array.reference) as metric,
        case when against_array.level < against_array.reference then allowed.low else allowed.high end as limit_value,
        against_array.n_antennas as n_of
    from against_array
    inner join allowed on against_array.quantity = allowed.quantity
    where
        against_array.level - against_array.reference > ln(allowed.high)
        or against_array.level - against_array.reference < ln(allowed.low)
    union all
    select
        'trec_specification' as rule_id,
        cell.uid,
        cell.receiver_band,
        cell.antenna_name,
        cell.baseband_name,
        cell.polarisation,
        null as cal_data_id,
        null as scan_number,
        cell.quantity,
        exp(cell.level) as value,
        band.specification_k as reference,
        exp(cell.level) / band.specification_k as metric,
        {{ limits.trec_specification.ratio }} as limit_value,
        cell.n_calibrations as n_of
    from cell
    inner join band on cell.receiver_band = band.receiver_band
    where
        cell.quantity = 'trec'
        and exp(cell.level) > {{ limits.trec_specification.ratio }} * band.specification_k
    union all
    select
        'polarisation_ratio' as rule_id,
        ratio.uid,
        ratio.receiver_band,
        ratio.antenna_name,
        ratio.baseband_name,
        case when which.either then null when which.x_is_off then 'X' else 'Y' end as polarisation,
        null as cal_data_id,
        null as scan_number,
        'trec' as quantity,
        exp(case when which.x_is_off then ratio.x_level else ratio.y_level end) as value,
        exp(case when which.x_is_off then ratio.y_level else ratio.x_level end) as reference,
        exp(case when which.x_is_off then ratio.excess else -ratio.excess end) as metric,
        exp(case when which.x_is_off = (ratio.excess > 0) then ratio.bound else -ratio.bound end) as limit_value,
        null as n_of
    from polarisation_ratio as ratio
    cross join
        lateral (
            select
                abs(ratio.x_offset) > abs(ratio.y_offset) as x_is_off,
                coalesce(
                    abs(abs(ratio.x_offset) - abs(ratio.y_offset)) < {{ limits.polarisation_ratio.ambiguous }}, true
                ) as either
        ) as which
    union all
    select
        'baseband_ratio' as rule_id,
        ratio.uid,
        ratio.receiver_band,
        ratio.antenna_name,
        ratio.baseband_name,
        ratio.polarisation,
        null as cal_data_id,
        null as scan_number,
        'trec' as quantity,
        exp(ratio.level) as value,
        exp(ratio.usual) as reference,
        exp(ratio.excess) as metric,
        exp(sign(ratio.excess) * bound.bound) as limit_value,
        null as n_of
    from baseband_ratio as ratio
    inner join alike using (uid, receiver_band)
    cross join
        lateral (
            select
                case
                    when ratio.n_antennas < 3 then ln({{ limits.baseband_ratio.most }})
                    else least(
                            ln({{ limits.baseband_ratio.most }}),
                            greatest(ln({{ limits.baseband_ratio.ratio }}), {{ limits.baseband_ratio.sigmas }} * alike.sigma)
                        )
                end as bound
        ) as bound
    where abs(ratio.excess) > bound.bound
    union all
    select
        case when jump.quantity = 'trec' then 'trec_jump' else 'tsys_jump' end as rule_id,
        jump.uid,
        jump.receiver_band,
        jump.antenna_name,
        jump.baseband_name,
        jump.polarisation,
        jump.cal_data_id,
        jump.scan_number,
        jump.quantity,
        exp(jump.level) as value,
        exp(jump.usual) as reference,
        exp(jump.jump) as metric,
        exp(sign(jump.jump) * bound.bound) as limit_value,
        null as n_of
    from jump
    inner join steady using (uid, receiver_band, quantity)
    inner join allowed using (quantity)
    cross join lateral (select greatest(ln(allowed.jump), allowed.sigmas * steady.sigma) as bound) as bound
    where abs(jump.jump) > bound.bound
    union all
    select
        'trec_scatter' as rule_id,
        scatter.uid,
        scatter.receiver_band,
        scatter.antenna_name,
        scatter.baseband_name,
        scatter.polarisation,
        null as cal_data_id,
        null as scan_number,
        scatter.quantity,
        exp(scatter.usual) as value,
        null as reference,
        scatter.sigma as metric,
        {{ limits.trec_scatter.fraction }} as limit_value,
        null as n_of
    from scatter
    where scatter.sigma > {{ limits.trec_scatter.fraction }}
    union all
    select
        case when whole_array.quantity = 'trec' then 'array_trec' else 'array_tsys' end as rule_id,
        whole_array.uid,
        whole_array.receiver_band,
        null as antenna_name,
        null as baseband_name,
        null as polarisation,
        whole_array.cal_data_id,
        whole_array.scan_number,
        whole_array.quantity,
        null as value,
        null as reference,
        exp(whole_array.own_change) as metric,
        case when whole_array.quantity = 'trec' then {{ limits.array_trec.ratio }} else {{ limits.array_tsys.ratio }} end
        ^ sign(whole_array.own_change) as limit_value,
        null as n_of
    from whole_array
    where
        abs(whole_array.own_change)
        > ln(case when whole_array.quantity = 'trec' then {{ limits.array_trec.ratio }} else {{ limits.array_tsys.ratio }} end)
)

select *
from found
