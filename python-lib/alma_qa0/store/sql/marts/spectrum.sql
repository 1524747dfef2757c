-- One row per EB x receiver band x baseband x frequency axis x quantity: all its spectra packed. Hz, K.
-- Key: uid, receiver_band, baseband_name, axis_id, quantity. Spectra stand by antenna, then time, then polarisation; packed is one after
-- the other, each channel a float32 in network order, NaN where invalid. That is what array_send makes of real[] after 20 bytes that say
-- what it is, less the length, 4, before each value. In hexadecimal digits that is 00000004, and found nowhere else: a 4 inside a value
-- stands less than eight digits after that of its length, but for the last digit of 5.6e-45, which is too small to be valid.
with one as (
    select
        staged.uid,
        staged.receiver_band,
        staged.baseband_name,
        staged.axis_id,
        spectrum.quantity,
        staged.antenna_name,
        staged.cal_data_id,
        staged.start_valid_time,
        spectrum.polarisation,
        spectrum.channels
    from {{ staged.cal_atmosphere }} as staged
    cross join
        lateral (
            values
            ('trec', 'X', staged.trec_spectrum_x),
            ('trec', 'Y', staged.trec_spectrum_y),
            ('tsys', 'X', staged.tsys_spectrum_x),
            ('tsys', 'Y', staged.tsys_spectrum_y)
        ) as spectrum (quantity, polarisation, channels)
    where
        staged.axis_id is not null
        and spectrum.channels is not null
),

pack as (
    select
        one.uid,
        one.receiver_band,
        one.baseband_name,
        one.axis_id,
        one.quantity,
        min(one.start_valid_time) as start_valid_time,
        count(*)::integer as n_spectra,
        array_agg(one.antenna_name order by one.antenna_name, one.start_valid_time, one.cal_data_id, one.polarisation) as antenna_names,
        array_agg(one.cal_data_id order by one.antenna_name, one.start_valid_time, one.cal_data_id, one.polarisation) as cal_data_ids,
        array_agg(one.polarisation order by one.antenna_name, one.start_valid_time, one.cal_data_id, one.polarisation) as polarisations,
        string_agg(
            decode(
                replace(encode(substr(array_send(array_replace(one.channels, null, 'NaN')), 21), 'hex'), '00000004', ''),
                'hex'
            ),
            ''::bytea
            order by one.antenna_name, one.start_valid_time, one.cal_data_id, one.polarisation
        ) as packed
    from one
    group by
        one.uid,
        one.receiver_band,
        one.baseband_name,
        one.axis_id,
        one.quantity
)

select
    pack.uid,
    pack.receiver_band,
    pack.baseband_name,
    pack.axis_id,
    pack.quantity,
    pack.start_valid_time,
    axis.n_channels,
    pack.n_spectra,
    axis.frequency_hz,
    pack.antenna_names,
    pack.cal_data_ids,
    pack.polarisations,
    pack.packed
from pack
inner join {{ staged.frequency_axis }} as axis
    on
        pack.uid = axis.uid
        and pack.axis_id = axis.axis_id
