-- One row per EB of the source. Key: uid. source_version changes when the rows of the EB did.
-- A digest of all scalars, and of the stored sizes of the spectra, which are known without reading them.
select
    uid,
    count(*)::text || ':' || sum(
        hash_record_extended(
            row(
                antennaname,
                basebandname,
                caldataid,
                receiverband,
                day,
                startvalidtime,
                tatm_x,
                tatm_y,
                trec_x,
                trec_y,
                tsys_x,
                tsys_y,
                tau,
                water,
                frequency_min,
                frequency_mid,
                frequency_max,
                pg_column_size(frequencyspectrum),
                pg_column_size(trecspectrum_x),
                pg_column_size(trecspectrum_y),
                pg_column_size(tsysspectrum_x),
                pg_column_size(tsysspectrum_y)
            ),
            0
        )
    )::text as source_version
from {{ tables.cal_atmosphere_production }}
where
    uid is not null
    {% if uids is not none %}
    and uid in {{ uids }}
    {% endif %}
group by uid
