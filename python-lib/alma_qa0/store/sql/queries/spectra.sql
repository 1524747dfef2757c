-- The packs of one quantity of one EB: what a pack holds, as JSON, and its spectra, as bytes.
select
    json_build_object(
        'receiver_band', pack.receiver_band,
        'baseband_name', pack.baseband_name,
        'n_channels', pack.n_channels,
        'frequency_hz', pack.frequency_hz,
        'antenna_names', pack.antenna_names,
        'cal_data_ids', pack.cal_data_ids,
        'polarisations', pack.polarisations
    )::text as contents,
    pack.packed
from {{ tables.spectrum }} as pack
where
    pack.uid = {{ uid }}
    and pack.quantity = {{ quantity }}
    and ({{ receiver_band }} is null or pack.receiver_band = {{ receiver_band }})
order by
    pack.receiver_band asc,
    pack.baseband_name asc,
    pack.axis_id asc
