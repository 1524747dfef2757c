-- One row per EB x receiver band that has calibrations: its basebands, polarisations, antennas, and the scan of each calibration.
select
    summary.uid,
    summary.receiver_band,
    json_agg(distinct summary.baseband_name order by summary.baseband_name)::text as basebands,
    json_agg(distinct summary.antenna_name order by summary.antenna_name)::text as antennas,
    json_object_agg(summary.cal_data_id, summary.scan_number)::text as scans,
    bool_or(coalesce(summary.trec_x, summary.tsys_x, summary.tau_x, summary.trec_median_x) is not null) as has_x,
    bool_or(coalesce(summary.trec_y, summary.tsys_y, summary.tau_y, summary.trec_median_y) is not null) as has_y
from {{ tables.scan_summary }} as summary
where summary.uid in {{ uids }}
group by
    summary.uid,
    summary.receiver_band
order by
    summary.uid asc,
    summary.receiver_band asc
