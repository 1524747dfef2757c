-- Note that the calibrations of one EB are taken out, if it is as it was when its marts were looked at.
update {{ tables.asdm }} as asdm
set calibrations_removed_at = {{ removed_at }}
where
    asdm.uid = {{ uid }}
    and asdm.content_hash = {{ content_hash }}
    and coalesce(asdm.n_readings, 1) = {{ n_readings }}
