-- One row per EB of the batch x receiver band x baseband x antenna x calibration. Hz, K, m; an invalid value is null.
-- The scan is the first that CalData names; its intents and source are those of Scan.
with calibration as (
    select
        cal_data.uid,
        cal_data.cal_data_id,
        cal_data.scan_numbers[1] as scan_number
    from {{ tables.cal_data }} as cal_data
    where cal_data.uid in (select batch.uid from batch)
)

select
    atmosphere.uid,
    atmosphere.receiver_band,
    atmosphere.baseband_name,
    atmosphere.antenna_name,
    atmosphere.cal_data_id,
    calibration.scan_number,
    scan.scan_intents,
    scan.source_name,
    atmosphere.start_valid_time,
    md5(array_send(atmosphere.frequency_hz)) as axis_id,
    atmosphere.frequency_hz,
    atmosphere.trec_x,
    atmosphere.trec_y,
    atmosphere.tsys_x,
    atmosphere.tsys_y,
    atmosphere.tatm_x,
    atmosphere.tatm_y,
    atmosphere.tau_x,
    atmosphere.tau_y,
    atmosphere.water_x,
    atmosphere.water_y,
    atmosphere.trec_spectrum_x,
    atmosphere.trec_spectrum_y,
    atmosphere.tsys_spectrum_x,
    atmosphere.tsys_spectrum_y
from {{ tables.cal_atmosphere }} as atmosphere
inner join batch on atmosphere.uid = batch.uid
left join calibration
    on
        atmosphere.uid = calibration.uid
        and atmosphere.cal_data_id = calibration.cal_data_id
left join {{ tables.scan }} as scan
    on
        calibration.uid = scan.uid
        and calibration.scan_number = scan.scan_number
