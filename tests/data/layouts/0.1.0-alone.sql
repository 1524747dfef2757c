SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE SCHEMA mart;
CREATE SCHEMA raw;
CREATE FUNCTION mart.decision_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$begin raise exception '%.% is append-only: its rows are never changed or taken out', tg_table_schema, tg_table_name; end$$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE mart.decision (
    uid text NOT NULL,
    decision_id text NOT NULL,
    decided_at timestamp with time zone,
    decided_by text,
    status text,
    reasons text[],
    comment text,
    execution_fraction double precision,
    findings text,
    limits text,
    program_version text,
    supersedes text
);
CREATE TABLE mart.evaluation (
    uid text NOT NULL,
    source_version text,
    limits text,
    rules_version text,
    n_antennas integer,
    n_usable_antennas integer,
    n_baselines integer,
    n_usable_baselines integer,
    nominal_antennas integer,
    pwv_octile integer,
    n_info integer,
    n_warning integer,
    n_severe integer,
    evaluated_at timestamp with time zone
);
CREATE TABLE mart.execution_block (
    uid text NOT NULL,
    simulated boolean,
    project_uid text,
    sb_uid text,
    array_name text,
    array_family text,
    start_time timestamp with time zone,
    end_time timestamp with time zone,
    receiver_bands integer[],
    representative_frequency_hz double precision,
    source_names text[],
    n_antennas integer,
    n_antennas_calibrated integer,
    n_calibrations integer,
    n_rows integer,
    n_invalid_values integer,
    water_m double precision,
    tsys_k double precision,
    trec_k double precision,
    aborted boolean,
    time_on_source_s double precision,
    search_text text
);
CREATE TABLE mart.finding (
    uid text NOT NULL,
    finding_id text NOT NULL,
    rule_id text,
    severity text,
    receiver_band integer,
    antenna_name text,
    baseband_name text,
    polarisation text,
    cal_data_id text,
    scan_number integer,
    quantity text,
    metric double precision,
    unit text,
    limit_value double precision,
    reference_value double precision,
    basis text,
    sentence text,
    channels integer[],
    cause_id text,
    n_parts integer
);
CREATE TABLE mart.invalid_value (
    uid text NOT NULL,
    receiver_band integer NOT NULL,
    baseband_name text NOT NULL,
    antenna_name text NOT NULL,
    cal_data_id text NOT NULL,
    scan_number integer,
    polarisation text NOT NULL,
    quantity text NOT NULL,
    kind text NOT NULL,
    n_values integer
);
CREATE TABLE mart.refresh (
    uid text NOT NULL,
    relation text NOT NULL,
    source text,
    source_version text,
    n_rows integer,
    refreshed_at timestamp with time zone
);
CREATE TABLE mart.scan_summary (
    uid text NOT NULL,
    receiver_band integer NOT NULL,
    baseband_name text NOT NULL,
    antenna_name text NOT NULL,
    cal_data_id text NOT NULL,
    scan_number integer,
    scan_intents text[],
    source_name text,
    start_valid_time timestamp with time zone,
    frequency_min_hz double precision,
    frequency_max_hz double precision,
    n_channels integer,
    n_segments integer,
    trec_x double precision,
    trec_y double precision,
    tsys_x double precision,
    tsys_y double precision,
    tatm_x double precision,
    tatm_y double precision,
    tau_x double precision,
    tau_y double precision,
    water_x double precision,
    water_y double precision,
    trec_median_x real,
    trec_median_y real,
    trec_mad_x real,
    trec_mad_y real,
    tsys_median_x real,
    tsys_median_y real,
    tsys_mad_x real,
    tsys_mad_y real,
    n_invalid_scalars integer,
    n_invalid_channels integer
)
WITH (autovacuum_vacuum_scale_factor='0.05');
CREATE TABLE mart.spectrum (
    uid text NOT NULL,
    receiver_band integer NOT NULL,
    baseband_name text NOT NULL,
    axis_id text NOT NULL,
    quantity text NOT NULL,
    start_valid_time timestamp with time zone,
    n_channels integer,
    n_spectra integer,
    frequency_hz double precision[],
    antenna_names text[],
    cal_data_ids text[],
    polarisations text[],
    packed bytea
)
WITH (autovacuum_vacuum_scale_factor='0.05');
ALTER TABLE ONLY mart.spectrum ALTER COLUMN frequency_hz SET STATISTICS 0;
ALTER TABLE ONLY mart.spectrum ALTER COLUMN frequency_hz SET STORAGE EXTERNAL;
ALTER TABLE ONLY mart.spectrum ALTER COLUMN packed SET STATISTICS 0;
ALTER TABLE ONLY mart.spectrum ALTER COLUMN packed SET STORAGE EXTERNAL;
CREATE TABLE raw.antenna (
    uid text NOT NULL,
    antenna_id text NOT NULL,
    antenna_name text,
    antenna_make text,
    dish_diameter_m double precision,
    station_id text
);
CREATE TABLE raw.asdm (
    uid text NOT NULL,
    schema_version integer,
    content_hash text,
    simulated boolean,
    ingested_at timestamp with time zone
);
CREATE TABLE raw.cal_atmosphere (
    uid text NOT NULL,
    receiver_band integer NOT NULL,
    baseband_name text NOT NULL,
    antenna_name text NOT NULL,
    cal_data_id text NOT NULL,
    cal_reduction_id text,
    start_valid_time timestamp with time zone,
    ground_pressure_pa double precision,
    ground_temperature_k double precision,
    ground_relative_humidity double precision,
    n_channels integer,
    frequency_hz double precision[],
    trec_x double precision,
    trec_y double precision,
    tsys_x double precision,
    tsys_y double precision,
    tatm_x double precision,
    tatm_y double precision,
    tau_x double precision,
    tau_y double precision,
    water_x double precision,
    water_y double precision,
    trec_spectrum_x real[],
    trec_spectrum_y real[],
    tsys_spectrum_x real[],
    tsys_spectrum_y real[],
    tatm_spectrum_x real[],
    tatm_spectrum_y real[],
    tau_spectrum_x real[],
    tau_spectrum_y real[]
)
WITH (autovacuum_vacuum_scale_factor='0.05');
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN frequency_hz SET STATISTICS 0;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN frequency_hz SET STORAGE EXTERNAL;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN trec_spectrum_x SET STATISTICS 0;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN trec_spectrum_x SET STORAGE EXTERNAL;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN trec_spectrum_y SET STATISTICS 0;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN trec_spectrum_y SET STORAGE EXTERNAL;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN tsys_spectrum_x SET STATISTICS 0;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN tsys_spectrum_x SET STORAGE EXTERNAL;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN tsys_spectrum_y SET STATISTICS 0;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN tsys_spectrum_y SET STORAGE EXTERNAL;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN tatm_spectrum_x SET STATISTICS 0;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN tatm_spectrum_x SET STORAGE EXTERNAL;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN tatm_spectrum_y SET STATISTICS 0;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN tatm_spectrum_y SET STORAGE EXTERNAL;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN tau_spectrum_x SET STATISTICS 0;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN tau_spectrum_x SET STORAGE EXTERNAL;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN tau_spectrum_y SET STATISTICS 0;
ALTER TABLE ONLY raw.cal_atmosphere ALTER COLUMN tau_spectrum_y SET STORAGE EXTERNAL;
CREATE TABLE raw.cal_data (
    uid text NOT NULL,
    cal_data_id text NOT NULL,
    cal_type text,
    start_time timestamp with time zone,
    end_time timestamp with time zone,
    scan_numbers integer[]
);
CREATE TABLE raw.cal_reduction (
    uid text NOT NULL,
    cal_reduction_id text NOT NULL,
    time_reduced timestamp with time zone,
    software text,
    software_version text,
    messages text
);
CREATE TABLE raw.cal_wvr (
    uid text NOT NULL,
    antenna_name text NOT NULL,
    cal_data_id text NOT NULL,
    start_valid_time timestamp with time zone,
    water_m double precision
);
CREATE TABLE raw.exec_block (
    uid text NOT NULL,
    project_uid text,
    sb_summary_id text,
    start_time timestamp with time zone,
    end_time timestamp with time zone,
    exec_block_number integer,
    config_name text,
    array_name text,
    telescope_name text,
    observer_name text,
    aborted boolean,
    n_antennas integer,
    antenna_ids text[],
    baseline_min_m double precision,
    baseline_max_m double precision
);
CREATE TABLE raw.field (
    uid text NOT NULL,
    field_id text NOT NULL,
    field_name text,
    source_id integer
);
CREATE TABLE raw.invalid_value_raw (
    uid text NOT NULL,
    receiver_band integer NOT NULL,
    baseband_name text NOT NULL,
    antenna_name text NOT NULL,
    cal_data_id text NOT NULL,
    polarisation text NOT NULL,
    quantity text NOT NULL,
    kind text NOT NULL,
    n_values integer
);
CREATE TABLE raw.receiver (
    uid text NOT NULL,
    receiver_id integer NOT NULL,
    spectral_window_id text NOT NULL,
    start_time timestamp with time zone NOT NULL,
    end_time timestamp with time zone,
    receiver_band integer,
    receiver_sideband text,
    lo_frequencies_hz double precision[]
);
ALTER TABLE ONLY raw.receiver ALTER COLUMN lo_frequencies_hz SET STATISTICS 0;
ALTER TABLE ONLY raw.receiver ALTER COLUMN lo_frequencies_hz SET STORAGE EXTERNAL;
CREATE TABLE raw.sb_summary (
    uid text NOT NULL,
    sb_summary_id text NOT NULL,
    sb_uid text,
    project_uid text,
    representative_frequency_ghz double precision,
    receiver_band integer,
    sb_type text
);
CREATE TABLE raw.scan (
    uid text NOT NULL,
    scan_number integer NOT NULL,
    start_time timestamp with time zone,
    end_time timestamp with time zone,
    scan_intents text[],
    source_name text,
    n_subscans integer
);
CREATE TABLE raw.source (
    uid text NOT NULL,
    source_id integer NOT NULL,
    start_time timestamp with time zone NOT NULL,
    end_time timestamp with time zone,
    spectral_window_id text NOT NULL,
    source_name text,
    direction_rad double precision[]
);
ALTER TABLE ONLY raw.source ALTER COLUMN direction_rad SET STATISTICS 0;
ALTER TABLE ONLY raw.source ALTER COLUMN direction_rad SET STORAGE EXTERNAL;
CREATE TABLE raw.spectral_window (
    uid text NOT NULL,
    spectral_window_id text NOT NULL,
    spectral_window_name text,
    baseband_name text,
    net_sideband text,
    n_channels integer,
    reference_frequency_hz double precision,
    bandwidth_hz double precision
);
CREATE TABLE raw.station (
    uid text NOT NULL,
    station_id text NOT NULL,
    station_name text,
    station_type text,
    position_m double precision[]
);
ALTER TABLE ONLY raw.station ALTER COLUMN position_m SET STATISTICS 0;
ALTER TABLE ONLY raw.station ALTER COLUMN position_m SET STORAGE EXTERNAL;
CREATE TABLE raw.subscan (
    uid text NOT NULL,
    scan_number integer NOT NULL,
    subscan_number integer NOT NULL,
    start_time timestamp with time zone,
    end_time timestamp with time zone,
    field_name text,
    subscan_intent text
);
CREATE TABLE raw.weather (
    uid text NOT NULL,
    station_id text NOT NULL,
    start_time timestamp with time zone NOT NULL,
    end_time timestamp with time zone,
    pressure_pa double precision,
    relative_humidity double precision,
    temperature_k double precision,
    wind_speed_m_s double precision,
    wind_direction_rad double precision
);
INSERT INTO mart.decision VALUES ('uid://A002/Xf8f6a9/X15c79', '36954cc6eea342a8bb83397b00d42dbc', '2026-11-28 13:09:30.910852+00', 'A. Stronomer', 'Pass', '{}', 'an early decision', NULL, '[]', '{}', '0.1.0', NULL);
INSERT INTO mart.decision VALUES ('uid://A002/Xf8f6a9/X15c79', '41329fe050b9460d840a3a2f26c25eda', '2026-11-28 13:09:30.929819+00', 'B. Server', 'Fail', '{QA0_WEATHER}', '', 40, '[]', '{}', '0.1.0', '36954cc6eea342a8bb83397b00d42dbc');
INSERT INTO mart.evaluation VALUES ('uid://A002/Xf8f6a9/X15c79', '938c410c:2c4693b17cbba9b408dba96a4bdb4d92abc0a42769e8d0a86b0968e6ccdbb7d8 938c410c:2c4693b17cbba9b408dba96a4bdb4d92abc0a42769e8d0a86b0968e6ccdbb7d8 938c410c:2c4693b17cbba9b408dba96a4bdb4d92abc0a42769e8d0a86b0968e6ccdbb7d8 938c410c:2c4693b17cbba9b408dba96a4bdb4d92abc0a42769e8d0a86b0968e6ccdbb7d8', '{"array_trec.ratio": 1.3, "array_tsys.ratio": 1.5, "baseband_ratio.most": 1.4, "baseband_ratio.ratio": 1.25, "baseband_ratio.sigmas": 5.0, "birdie.channels": 0.1, "birdie.diluted": 0.045, "birdie.height": 0.075, "birdie.sigmas": 5.9, "bump.sigmas": 6.0, "bump.size": 0.096, "edge.sigmas": 6.0, "edge.size": 0.08, "execution_fraction.cap": 1.5, "folding.fraction": 0.666, "folding.least": 3.0, "invalid_channels.fraction": 0.05, "platform.sigmas": 4.0, "platform.step": 0.02, "polarisation_ratio.ambiguous": 0.22, "polarisation_ratio.array": 8.0, "polarisation_ratio.baseband": 1.3, "polarisation_ratio.most": 1.32, "polarisation_ratio.ratio": 1.28, "polarisation_ratio.sigmas": 3.3, "proposal.least_baseline_fraction": 0.5, "proposal.least_execution_fraction": 0.2, "proposal.most_lost_calibrations": 0.5, "radiometer.most": 1.21, "radiometer.ratio": 1.18, "radiometer.sigmas": 7.0, "ripple.longest_period": 700.0, "ripple.sigmas": 6.0, "ripple.size": 0.03, "roughness.few": 6.0, "roughness.noise": 0.003, "roughness.ratio": 1.3, "roughness.sigmas": 8.0, "shape.sigmas": 7.0, "shape.size": 0.13, "slope.ripple": 0.004, "slope.rise": 0.03, "slope.times": 7.5, "swapped.discord": 7.0, "swapped.scan": 0.07, "swapped.sigmas": 5.0, "tau.ratio": 1.3, "teeth.amplitude": 0.006, "teeth.longest_period": 150.0, "teeth.sigmas": 5.7, "trec_jump.ratio": 1.06, "trec_jump.sigmas": 6.0, "trec_level.high": 2.0, "trec_level.low": 0.5, "trec_level.severe": 4.0, "trec_scatter.fraction": 0.05, "trec_specification.ratio": 1.0, "trec_specification.warning": 2.5, "tsys_age.minutes": 30.0, "tsys_jump.ratio": 1.5, "tsys_jump.sigmas": 6.0, "tsys_level.high": 2.0, "tsys_level.low": 0.5, "tsys_level.severe": 4.0, "usable_antennas.fraction": 0.667, "usable_antennas.nominal": 0.8, "water.most": 1.21, "water.ratio": 1.18, "water.sigmas": 7.0, "water.single": 1.4, "water_radiometer.ratio": 1.3, "weather.ratio": 1.0, "wind.speed": 20.0}', '75c806ebaba7', 1, 6, 0, 15, NULL, 8, 4, 15, 0, '2026-11-28 13:09:30.825793+00');
INSERT INTO mart.evaluation VALUES ('uid://A002/Xf8f6a9/X2', '938c410c:cf44d130b87eb2e1b1f7f2f70b4e8234c4b2f71715aae6003e50aa79a8568b6d 938c410c:cf44d130b87eb2e1b1f7f2f70b4e8234c4b2f71715aae6003e50aa79a8568b6d 938c410c:cf44d130b87eb2e1b1f7f2f70b4e8234c4b2f71715aae6003e50aa79a8568b6d 938c410c:cf44d130b87eb2e1b1f7f2f70b4e8234c4b2f71715aae6003e50aa79a8568b6d', '{"array_trec.ratio": 1.3, "array_tsys.ratio": 1.5, "baseband_ratio.most": 1.4, "baseband_ratio.ratio": 1.25, "baseband_ratio.sigmas": 5.0, "birdie.channels": 0.1, "birdie.diluted": 0.045, "birdie.height": 0.075, "birdie.sigmas": 5.9, "bump.sigmas": 6.0, "bump.size": 0.096, "edge.sigmas": 6.0, "edge.size": 0.08, "execution_fraction.cap": 1.5, "folding.fraction": 0.666, "folding.least": 3.0, "invalid_channels.fraction": 0.05, "platform.sigmas": 4.0, "platform.step": 0.02, "polarisation_ratio.ambiguous": 0.22, "polarisation_ratio.array": 8.0, "polarisation_ratio.baseband": 1.3, "polarisation_ratio.most": 1.32, "polarisation_ratio.ratio": 1.28, "polarisation_ratio.sigmas": 3.3, "proposal.least_baseline_fraction": 0.5, "proposal.least_execution_fraction": 0.2, "proposal.most_lost_calibrations": 0.5, "radiometer.most": 1.21, "radiometer.ratio": 1.18, "radiometer.sigmas": 7.0, "ripple.longest_period": 700.0, "ripple.sigmas": 6.0, "ripple.size": 0.03, "roughness.few": 6.0, "roughness.noise": 0.003, "roughness.ratio": 1.3, "roughness.sigmas": 8.0, "shape.sigmas": 7.0, "shape.size": 0.13, "slope.ripple": 0.004, "slope.rise": 0.03, "slope.times": 7.5, "swapped.discord": 7.0, "swapped.scan": 0.07, "swapped.sigmas": 5.0, "tau.ratio": 1.3, "teeth.amplitude": 0.006, "teeth.longest_period": 150.0, "teeth.sigmas": 5.7, "trec_jump.ratio": 1.06, "trec_jump.sigmas": 6.0, "trec_level.high": 2.0, "trec_level.low": 0.5, "trec_level.severe": 4.0, "trec_scatter.fraction": 0.05, "trec_specification.ratio": 1.0, "trec_specification.warning": 2.5, "tsys_age.minutes": 30.0, "tsys_jump.ratio": 1.5, "tsys_jump.sigmas": 6.0, "tsys_level.high": 2.0, "tsys_level.low": 0.5, "tsys_level.severe": 4.0, "usable_antennas.fraction": 0.667, "usable_antennas.nominal": 0.8, "water.most": 1.21, "water.ratio": 1.18, "water.sigmas": 7.0, "water.single": 1.4, "water_radiometer.ratio": 1.3, "weather.ratio": 1.0, "wind.speed": 20.0}', '75c806ebaba7', 1, 6, 0, 15, NULL, 8, 4, 15, 0, '2026-11-28 13:09:30.836643+00');
INSERT INTO mart.execution_block VALUES ('uid://A002/Xf8f6a9/X15c79', false, 'uid://A001/X1/X1', 'uid://A001/X1/X1', NULL, 'unknown', '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', '{6}', 110367525761.94359, '{}', 1, 6, 3, 6, 0, 107.06516835190675, 85.95602326515993, 114.49684441275815, false, 0, 'uid://a002/xf8f6a9/x15c79 uid://a001/x1/x1 uid://a001/x1/x1 ');
INSERT INTO mart.execution_block VALUES ('uid://A002/Xf8f6a9/X2', false, 'uid://A001/X1/X1', 'uid://A001/X1/X1', NULL, 'unknown', '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', '{6}', 110367525761.94359, '{}', 1, 6, 3, 6, 0, 107.06516835190675, 85.95602326515993, 114.49684441275815, false, 0, 'uid://a002/xf8f6a9/x2 uid://a001/x1/x1 uid://a001/x1/x1 ');
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_antenna|name-1', 'missing_antenna', 'warning', NULL, 'name-1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'name-1 is in the array and has no atmosphere calibration', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_calibration|B6|BB_1', 'missing_calibration', 'warning', 6, NULL, 'BB_1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'own_limit', '6 of 1 antennas BB_1: 12 findings in 3 scans, first DA1 BB_1 has no atmosphere calibration in scan 2, other antennas have', NULL, NULL, 12);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_level|B6|DA1|CalData_1|trec', 'trec_level', 'warning', 6, 'DA1', NULL, NULL, 'CalData_1', 1, 'trec', 2.329085998535156, NULL, 2, 50, 'array_median', 'DA1 in scan 1: 2 findings, first DA1 BB_1 Y: Trx 116 K in scan 1 is 2.33 times what is typical of band 6 (50 K); limit 2', NULL, NULL, 2);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_level|B6|DA2|BB_1|X|CalData_2|trec', 'trec_level', 'warning', 6, 'DA2', 'BB_1', 'X', 'CalData_2', 2, 'trec', 2.995558471679688, NULL, 2, 50, 'array_median', 'DA2 BB_1 X: Trx 150 K in scan 2 is 3 times what is typical of band 6 (50 K); limit 2', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_level|B6|DA3|BB_1|Y|CalData_3|trec', 'trec_level', 'warning', 6, 'DA3', 'BB_1', 'Y', 'CalData_3', 3, 'trec', 2.5164479064941405, NULL, 2, 50, 'array_median', 'DA3 BB_1 Y: Trx 126 K in scan 3 is 2.52 times what is typical of band 6 (50 K); limit 2', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_level|B6|DA4|BB_1|Y|CalData_1|trec', 'trec_level', 'warning', 6, 'DA4', 'BB_1', 'Y', 'CalData_1', 1, 'trec', 2.276405029296875, NULL, 2, 49.99999999999999, 'array_median', 'DA4 BB_1 Y: Trx 114 K in scan 1 is 2.28 times what is typical of band 6 (50 K); limit 2', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_level|B6|DA5|BB_1|Y|CalData_2|trec', 'trec_level', 'warning', 6, 'DA5', 'BB_1', 'Y', 'CalData_2', 2, 'trec', 3.1610787963867195, NULL, 2, 50, 'array_median', 'DA5 BB_1 Y: Trx 158 K in scan 2 is 3.16 times what is typical of band 6 (50 K); limit 2', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_level|B6|DA6|BB_1|Y|CalData_3|trec', 'trec_level', 'warning', 6, 'DA6', 'BB_1', 'Y', 'CalData_3', 3, 'trec', 2.0690783691406245, NULL, 2, 49.99999999999999, 'array_median', 'DA6 BB_1 Y: Trx 103 K in scan 3 is 2.07 times what is typical of band 6 (50 K); limit 2', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'polarisation_ratio|B6|trec', 'polarisation_ratio', 'warning', 6, NULL, NULL, NULL, NULL, NULL, 'trec', 2.0809114275398746, NULL, 1.28, 71.97707773706497, 'array_median', '3 of 1 antennas: 3 findings, first DA2 X: Trx 150 K is 2.08 times that of Y (82 K), in terms of the array''s ratio of the two; limit 1.28', NULL, NULL, 3);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'water|B6|water', 'water', 'warning', 6, NULL, NULL, NULL, NULL, NULL, 'water', 6.724465863459883e-06, NULL, 0.8264462809917356, 107.06516835190651, 'array_median', '6 of 1 antennas: 6 findings, first DA4: water 0.72 mm in the median of its scans is 6.72e-06 times that of the radiometers (107065.17 mm); limit 0.826', NULL, NULL, 6);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_intent|CALIBRATE_BANDPASS', 'missing_intent', 'warning', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'public_criterion', 'No scan has the intent CALIBRATE_BANDPASS', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_intent|CALIBRATE_FLUX', 'missing_intent', 'warning', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'public_criterion', 'No scan has the intent CALIBRATE_FLUX', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_intent|CALIBRATE_PHASE', 'missing_intent', 'warning', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'public_criterion', 'No scan has the intent CALIBRATE_PHASE', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_intent|OBSERVE_TARGET', 'missing_intent', 'warning', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'public_criterion', 'No scan has the intent OBSERVE_TARGET', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'wind|wind_speed', 'wind', 'warning', NULL, NULL, NULL, NULL, NULL, NULL, 'wind_speed', 95.11270156020842, 'm/s', 20, NULL, 'own_limit', 'The wind reached 95.1 m/s; limit 20 m/s', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_calibration|B6|DA1|BB_1|CalData_2', 'missing_calibration', 'warning', 6, 'DA1', 'BB_1', NULL, 'CalData_2', 2, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA1 BB_1 has no atmosphere calibration in scan 2, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_calibration|B6|DA1|BB_1|CalData_3', 'missing_calibration', 'warning', 6, 'DA1', 'BB_1', NULL, 'CalData_3', 3, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA1 BB_1 has no atmosphere calibration in scan 3, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_calibration|B6|DA2|BB_1|CalData_1', 'missing_calibration', 'warning', 6, 'DA2', 'BB_1', NULL, 'CalData_1', 1, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA2 BB_1 has no atmosphere calibration in scan 1, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_calibration|B6|DA2|BB_1|CalData_3', 'missing_calibration', 'warning', 6, 'DA2', 'BB_1', NULL, 'CalData_3', 3, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA2 BB_1 has no atmosphere calibration in scan 3, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_calibration|B6|DA3|BB_1|CalData_1', 'missing_calibration', 'warning', 6, 'DA3', 'BB_1', NULL, 'CalData_1', 1, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA3 BB_1 has no atmosphere calibration in scan 1, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_calibration|B6|DA3|BB_1|CalData_2', 'missing_calibration', 'warning', 6, 'DA3', 'BB_1', NULL, 'CalData_2', 2, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA3 BB_1 has no atmosphere calibration in scan 2, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_calibration|B6|DA4|BB_1|CalData_2', 'missing_calibration', 'warning', 6, 'DA4', 'BB_1', NULL, 'CalData_2', 2, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA4 BB_1 has no atmosphere calibration in scan 2, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_calibration|B6|DA4|BB_1|CalData_3', 'missing_calibration', 'warning', 6, 'DA4', 'BB_1', NULL, 'CalData_3', 3, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA4 BB_1 has no atmosphere calibration in scan 3, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_calibration|B6|DA5|BB_1|CalData_1', 'missing_calibration', 'warning', 6, 'DA5', 'BB_1', NULL, 'CalData_1', 1, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA5 BB_1 has no atmosphere calibration in scan 1, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_calibration|B6|DA5|BB_1|CalData_3', 'missing_calibration', 'warning', 6, 'DA5', 'BB_1', NULL, 'CalData_3', 3, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA5 BB_1 has no atmosphere calibration in scan 3, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_calibration|B6|DA6|BB_1|CalData_1', 'missing_calibration', 'warning', 6, 'DA6', 'BB_1', NULL, 'CalData_1', 1, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA6 BB_1 has no atmosphere calibration in scan 1, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_calibration|B6|DA6|BB_1|CalData_2', 'missing_calibration', 'warning', 6, 'DA6', 'BB_1', NULL, 'CalData_2', 2, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA6 BB_1 has no atmosphere calibration in scan 2, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_level|B6|DA1|BB_1|X|CalData_1|trec', 'trec_level', 'warning', 6, 'DA1', 'BB_1', 'X', 'CalData_1', 1, 'trec', 2.0581765747070313, NULL, 2, 49.99999999999999, 'array_median', 'DA1 BB_1 X: Trx 103 K in scan 1 is 2.06 times what is typical of band 6 (50 K); limit 2', NULL, 'trec_level|B6|DA1|CalData_1|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_level|B6|DA1|BB_1|Y|CalData_1|trec', 'trec_level', 'warning', 6, 'DA1', 'BB_1', 'Y', 'CalData_1', 1, 'trec', 2.329085998535156, NULL, 2, 50, 'array_median', 'DA1 BB_1 Y: Trx 116 K in scan 1 is 2.33 times what is typical of band 6 (50 K); limit 2', NULL, 'trec_level|B6|DA1|CalData_1|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'polarisation_ratio|B6|DA2|X|trec', 'polarisation_ratio', 'warning', 6, 'DA2', NULL, 'X', NULL, NULL, 'trec', 2.0809114275398746, NULL, 1.28, 71.97707773706497, 'array_median', 'DA2 X: Trx 150 K is 2.08 times that of Y (82 K), in terms of the array''s ratio of the two; limit 1.28', NULL, 'polarisation_ratio|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'polarisation_ratio|B6|DA4|Y|trec', 'polarisation_ratio', 'warning', 6, 'DA4', NULL, 'Y', NULL, NULL, 'trec', 1.501506234011873, NULL, 1.28, 75.80404855245091, 'array_median', 'DA4 Y: Trx 114 K is 1.5 times that of X (66 K), in terms of the array''s ratio of the two; limit 1.28', NULL, 'polarisation_ratio|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'polarisation_ratio|B6|DA5|Y|trec', 'polarisation_ratio', 'warning', 6, 'DA5', NULL, 'Y', NULL, NULL, 'trec', 1.808851815991429, NULL, 1.28, 87.37804745642298, 'array_median', 'DA5 Y: Trx 158 K is 1.81 times that of X (76 K), in terms of the array''s ratio of the two; limit 1.28', NULL, 'polarisation_ratio|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'water|B6|DA1|water', 'water', 'warning', 6, 'DA1', NULL, NULL, NULL, NULL, 'water', 1.7209868603633136e-05, NULL, 0.8264462809917356, 107.06516835190679, 'array_median', 'DA1: water 1.84 mm in the median of its scans is 1.72e-05 times that of the radiometers (107065.17 mm); limit 0.826', NULL, 'water|B6|water', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'water|B6|DA2|water', 'water', 'warning', 6, 'DA2', NULL, NULL, NULL, NULL, 'water', 3.449949738882637e-05, NULL, 0.8264462809917356, 107.0651683519068, 'array_median', 'DA2: water 3.69 mm in the median of its scans is 3.45e-05 times that of the radiometers (107065.17 mm); limit 0.826', NULL, 'water|B6|water', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'water|B6|DA3|water', 'water', 'warning', 6, 'DA3', NULL, NULL, NULL, NULL, 'water', 1.9115279717580335e-05, NULL, 0.8264462809917356, 107.0651683519066, 'array_median', 'DA3: water 2.05 mm in the median of its scans is 1.91e-05 times that of the radiometers (107065.17 mm); limit 0.826', NULL, 'water|B6|water', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'water|B6|DA4|water', 'water', 'warning', 6, 'DA4', NULL, NULL, NULL, NULL, 'water', 6.724465863459883e-06, NULL, 0.8264462809917356, 107.06516835190651, 'array_median', 'DA4: water 0.72 mm in the median of its scans is 6.72e-06 times that of the radiometers (107065.17 mm); limit 0.826', NULL, 'water|B6|water', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'water|B6|DA5|water', 'water', 'warning', 6, 'DA5', NULL, NULL, NULL, NULL, 'water', 4.021312578938887e-05, NULL, 0.8264462809917356, 107.06516835190669, 'array_median', 'DA5: water 4.31 mm in the median of its scans is 4.02e-05 times that of the radiometers (107065.17 mm); limit 0.826', NULL, 'water|B6|water', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'water|B6|DA6|water', 'water', 'warning', 6, 'DA6', NULL, NULL, NULL, NULL, 'water', 3.0412607064337858e-05, NULL, 0.8264462809917356, 107.06516835190659, 'array_median', 'DA6: water 3.26 mm in the median of its scans is 3.04e-05 times that of the radiometers (107065.17 mm); limit 0.826', NULL, 'water|B6|water', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'missing_intent|CALIBRATE_POINTING', 'missing_intent', 'info', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'public_criterion', 'No scan has the intent CALIBRATE_POINTING', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_specification|B6|trec', 'trec_specification', 'info', 6, NULL, NULL, NULL, NULL, NULL, 'trec', 1.9042643351727224, NULL, 1, 83, 'specification', '6 of 1 antennas: 9 findings, first DA5 BB_1 Y: Trx 158 K is 1.9 times the specification of band 6 (83 K); limit 1', NULL, NULL, 9);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'water_radiometer|water', 'water_radiometer', 'info', NULL, NULL, NULL, NULL, NULL, NULL, 'water', 3.449949738882637e-05, NULL, 0.7692307692307692, 107.0651683519068, 'public_criterion', 'The array: water 3.69 mm of the atmosphere calibrations is 3.45e-05 times that of the radiometers (107065.17 mm); limit 0.769', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'weather|B6|water', 'weather', 'info', 6, NULL, NULL, NULL, NULL, NULL, 'water', 84837.69283035399, NULL, 1, NULL, 'public_criterion', 'PWV 107065.17 mm is 8.5e+04 times the 1.26 mm up to which band 6 is planned (octile 4); limit 1', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_specification|B6|DA1|BB_1|X|trec', 'trec_specification', 'info', 6, 'DA1', 'BB_1', 'X', NULL, NULL, 'trec', 1.2398654064500187, NULL, 1, 83, 'specification', 'DA1 BB_1 X: Trx 103 K is 1.24 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_specification|B6|DA1|BB_1|Y|trec', 'trec_specification', 'info', 6, 'DA1', 'BB_1', 'Y', NULL, NULL, 'trec', 1.4030638545392506, NULL, 1, 83, 'specification', 'DA1 BB_1 Y: Trx 116 K is 1.4 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_specification|B6|DA2|BB_1|X|trec', 'trec_specification', 'info', 6, 'DA2', 'BB_1', 'X', NULL, NULL, 'trec', 1.8045532961925832, NULL, 1, 83, 'specification', 'DA2 BB_1 X: Trx 150 K is 1.8 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_specification|B6|DA3|BB_1|X|trec', 'trec_specification', 'info', 6, 'DA3', 'BB_1', 'X', NULL, NULL, 'trec', 1.08314753153238, NULL, 1, 82.99999999999999, 'specification', 'DA3 BB_1 X: Trx 90 K is 1.08 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_specification|B6|DA3|BB_1|Y|trec', 'trec_specification', 'info', 6, 'DA3', 'BB_1', 'Y', NULL, NULL, 'trec', 1.5159324737916509, NULL, 1, 83, 'specification', 'DA3 BB_1 Y: Trx 126 K is 1.52 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_specification|B6|DA4|BB_1|Y|trec', 'trec_specification', 'info', 6, 'DA4', 'BB_1', 'Y', NULL, NULL, 'trec', 1.3713283309017317, NULL, 1, 83, 'specification', 'DA4 BB_1 Y: Trx 114 K is 1.37 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_specification|B6|DA5|BB_1|Y|trec', 'trec_specification', 'info', 6, 'DA5', 'BB_1', 'Y', NULL, NULL, 'trec', 1.9042643351727224, NULL, 1, 83, 'specification', 'DA5 BB_1 Y: Trx 158 K is 1.9 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_specification|B6|DA6|BB_1|X|trec', 'trec_specification', 'info', 6, 'DA6', 'BB_1', 'X', NULL, NULL, 'trec', 1.090494086943477, NULL, 1, 83.00000000000001, 'specification', 'DA6 BB_1 X: Trx 91 K is 1.09 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X15c79', 'trec_specification|B6|DA6|BB_1|Y|trec', 'trec_specification', 'info', 6, 'DA6', 'BB_1', 'Y', NULL, NULL, 'trec', 1.246432752494352, NULL, 1, 83, 'specification', 'DA6 BB_1 Y: Trx 103 K is 1.25 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_antenna|name-1', 'missing_antenna', 'warning', NULL, 'name-1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'name-1 is in the array and has no atmosphere calibration', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_calibration|B6|BB_1', 'missing_calibration', 'warning', 6, NULL, 'BB_1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'own_limit', '6 of 1 antennas BB_1: 12 findings in 3 scans, first DA1 BB_1 has no atmosphere calibration in scan 2, other antennas have', NULL, NULL, 12);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_level|B6|DA1|CalData_1|trec', 'trec_level', 'warning', 6, 'DA1', NULL, NULL, 'CalData_1', 1, 'trec', 2.329085998535156, NULL, 2, 50, 'array_median', 'DA1 in scan 1: 2 findings, first DA1 BB_1 Y: Trx 116 K in scan 1 is 2.33 times what is typical of band 6 (50 K); limit 2', NULL, NULL, 2);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_level|B6|DA2|BB_1|X|CalData_2|trec', 'trec_level', 'warning', 6, 'DA2', 'BB_1', 'X', 'CalData_2', 2, 'trec', 2.995558471679688, NULL, 2, 50, 'array_median', 'DA2 BB_1 X: Trx 150 K in scan 2 is 3 times what is typical of band 6 (50 K); limit 2', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_level|B6|DA3|BB_1|Y|CalData_3|trec', 'trec_level', 'warning', 6, 'DA3', 'BB_1', 'Y', 'CalData_3', 3, 'trec', 2.5164479064941405, NULL, 2, 50, 'array_median', 'DA3 BB_1 Y: Trx 126 K in scan 3 is 2.52 times what is typical of band 6 (50 K); limit 2', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_level|B6|DA4|BB_1|Y|CalData_1|trec', 'trec_level', 'warning', 6, 'DA4', 'BB_1', 'Y', 'CalData_1', 1, 'trec', 2.276405029296875, NULL, 2, 49.99999999999999, 'array_median', 'DA4 BB_1 Y: Trx 114 K in scan 1 is 2.28 times what is typical of band 6 (50 K); limit 2', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_level|B6|DA5|BB_1|Y|CalData_2|trec', 'trec_level', 'warning', 6, 'DA5', 'BB_1', 'Y', 'CalData_2', 2, 'trec', 3.1610787963867195, NULL, 2, 50, 'array_median', 'DA5 BB_1 Y: Trx 158 K in scan 2 is 3.16 times what is typical of band 6 (50 K); limit 2', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_level|B6|DA6|BB_1|Y|CalData_3|trec', 'trec_level', 'warning', 6, 'DA6', 'BB_1', 'Y', 'CalData_3', 3, 'trec', 2.0690783691406245, NULL, 2, 49.99999999999999, 'array_median', 'DA6 BB_1 Y: Trx 103 K in scan 3 is 2.07 times what is typical of band 6 (50 K); limit 2', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'polarisation_ratio|B6|trec', 'polarisation_ratio', 'warning', 6, NULL, NULL, NULL, NULL, NULL, 'trec', 2.0809114275398746, NULL, 1.28, 71.97707773706497, 'array_median', '3 of 1 antennas: 3 findings, first DA2 X: Trx 150 K is 2.08 times that of Y (82 K), in terms of the array''s ratio of the two; limit 1.28', NULL, NULL, 3);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'water|B6|water', 'water', 'warning', 6, NULL, NULL, NULL, NULL, NULL, 'water', 6.724465863459883e-06, NULL, 0.8264462809917356, 107.06516835190651, 'array_median', '6 of 1 antennas: 6 findings, first DA4: water 0.72 mm in the median of its scans is 6.72e-06 times that of the radiometers (107065.17 mm); limit 0.826', NULL, NULL, 6);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_intent|CALIBRATE_BANDPASS', 'missing_intent', 'warning', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'public_criterion', 'No scan has the intent CALIBRATE_BANDPASS', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_intent|CALIBRATE_FLUX', 'missing_intent', 'warning', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'public_criterion', 'No scan has the intent CALIBRATE_FLUX', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_intent|CALIBRATE_PHASE', 'missing_intent', 'warning', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'public_criterion', 'No scan has the intent CALIBRATE_PHASE', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_intent|OBSERVE_TARGET', 'missing_intent', 'warning', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'public_criterion', 'No scan has the intent OBSERVE_TARGET', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'wind|wind_speed', 'wind', 'warning', NULL, NULL, NULL, NULL, NULL, NULL, 'wind_speed', 95.11270156020842, 'm/s', 20, NULL, 'own_limit', 'The wind reached 95.1 m/s; limit 20 m/s', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_calibration|B6|DA1|BB_1|CalData_2', 'missing_calibration', 'warning', 6, 'DA1', 'BB_1', NULL, 'CalData_2', 2, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA1 BB_1 has no atmosphere calibration in scan 2, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_calibration|B6|DA1|BB_1|CalData_3', 'missing_calibration', 'warning', 6, 'DA1', 'BB_1', NULL, 'CalData_3', 3, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA1 BB_1 has no atmosphere calibration in scan 3, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_calibration|B6|DA2|BB_1|CalData_1', 'missing_calibration', 'warning', 6, 'DA2', 'BB_1', NULL, 'CalData_1', 1, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA2 BB_1 has no atmosphere calibration in scan 1, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_calibration|B6|DA2|BB_1|CalData_3', 'missing_calibration', 'warning', 6, 'DA2', 'BB_1', NULL, 'CalData_3', 3, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA2 BB_1 has no atmosphere calibration in scan 3, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_calibration|B6|DA3|BB_1|CalData_1', 'missing_calibration', 'warning', 6, 'DA3', 'BB_1', NULL, 'CalData_1', 1, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA3 BB_1 has no atmosphere calibration in scan 1, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_calibration|B6|DA3|BB_1|CalData_2', 'missing_calibration', 'warning', 6, 'DA3', 'BB_1', NULL, 'CalData_2', 2, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA3 BB_1 has no atmosphere calibration in scan 2, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_calibration|B6|DA4|BB_1|CalData_2', 'missing_calibration', 'warning', 6, 'DA4', 'BB_1', NULL, 'CalData_2', 2, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA4 BB_1 has no atmosphere calibration in scan 2, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_calibration|B6|DA4|BB_1|CalData_3', 'missing_calibration', 'warning', 6, 'DA4', 'BB_1', NULL, 'CalData_3', 3, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA4 BB_1 has no atmosphere calibration in scan 3, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_calibration|B6|DA5|BB_1|CalData_1', 'missing_calibration', 'warning', 6, 'DA5', 'BB_1', NULL, 'CalData_1', 1, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA5 BB_1 has no atmosphere calibration in scan 1, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_calibration|B6|DA5|BB_1|CalData_3', 'missing_calibration', 'warning', 6, 'DA5', 'BB_1', NULL, 'CalData_3', 3, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA5 BB_1 has no atmosphere calibration in scan 3, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_calibration|B6|DA6|BB_1|CalData_1', 'missing_calibration', 'warning', 6, 'DA6', 'BB_1', NULL, 'CalData_1', 1, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA6 BB_1 has no atmosphere calibration in scan 1, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_calibration|B6|DA6|BB_1|CalData_2', 'missing_calibration', 'warning', 6, 'DA6', 'BB_1', NULL, 'CalData_2', 2, NULL, NULL, NULL, NULL, NULL, 'own_limit', 'DA6 BB_1 has no atmosphere calibration in scan 2, other antennas have', NULL, 'missing_calibration|B6|BB_1', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_level|B6|DA1|BB_1|X|CalData_1|trec', 'trec_level', 'warning', 6, 'DA1', 'BB_1', 'X', 'CalData_1', 1, 'trec', 2.0581765747070313, NULL, 2, 49.99999999999999, 'array_median', 'DA1 BB_1 X: Trx 103 K in scan 1 is 2.06 times what is typical of band 6 (50 K); limit 2', NULL, 'trec_level|B6|DA1|CalData_1|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_level|B6|DA1|BB_1|Y|CalData_1|trec', 'trec_level', 'warning', 6, 'DA1', 'BB_1', 'Y', 'CalData_1', 1, 'trec', 2.329085998535156, NULL, 2, 50, 'array_median', 'DA1 BB_1 Y: Trx 116 K in scan 1 is 2.33 times what is typical of band 6 (50 K); limit 2', NULL, 'trec_level|B6|DA1|CalData_1|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'polarisation_ratio|B6|DA2|X|trec', 'polarisation_ratio', 'warning', 6, 'DA2', NULL, 'X', NULL, NULL, 'trec', 2.0809114275398746, NULL, 1.28, 71.97707773706497, 'array_median', 'DA2 X: Trx 150 K is 2.08 times that of Y (82 K), in terms of the array''s ratio of the two; limit 1.28', NULL, 'polarisation_ratio|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'polarisation_ratio|B6|DA4|Y|trec', 'polarisation_ratio', 'warning', 6, 'DA4', NULL, 'Y', NULL, NULL, 'trec', 1.501506234011873, NULL, 1.28, 75.80404855245091, 'array_median', 'DA4 Y: Trx 114 K is 1.5 times that of X (66 K), in terms of the array''s ratio of the two; limit 1.28', NULL, 'polarisation_ratio|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'polarisation_ratio|B6|DA5|Y|trec', 'polarisation_ratio', 'warning', 6, 'DA5', NULL, 'Y', NULL, NULL, 'trec', 1.808851815991429, NULL, 1.28, 87.37804745642298, 'array_median', 'DA5 Y: Trx 158 K is 1.81 times that of X (76 K), in terms of the array''s ratio of the two; limit 1.28', NULL, 'polarisation_ratio|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'water|B6|DA1|water', 'water', 'warning', 6, 'DA1', NULL, NULL, NULL, NULL, 'water', 1.7209868603633136e-05, NULL, 0.8264462809917356, 107.06516835190679, 'array_median', 'DA1: water 1.84 mm in the median of its scans is 1.72e-05 times that of the radiometers (107065.17 mm); limit 0.826', NULL, 'water|B6|water', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'water|B6|DA2|water', 'water', 'warning', 6, 'DA2', NULL, NULL, NULL, NULL, 'water', 3.449949738882637e-05, NULL, 0.8264462809917356, 107.0651683519068, 'array_median', 'DA2: water 3.69 mm in the median of its scans is 3.45e-05 times that of the radiometers (107065.17 mm); limit 0.826', NULL, 'water|B6|water', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'water|B6|DA3|water', 'water', 'warning', 6, 'DA3', NULL, NULL, NULL, NULL, 'water', 1.9115279717580335e-05, NULL, 0.8264462809917356, 107.0651683519066, 'array_median', 'DA3: water 2.05 mm in the median of its scans is 1.91e-05 times that of the radiometers (107065.17 mm); limit 0.826', NULL, 'water|B6|water', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'water|B6|DA4|water', 'water', 'warning', 6, 'DA4', NULL, NULL, NULL, NULL, 'water', 6.724465863459883e-06, NULL, 0.8264462809917356, 107.06516835190651, 'array_median', 'DA4: water 0.72 mm in the median of its scans is 6.72e-06 times that of the radiometers (107065.17 mm); limit 0.826', NULL, 'water|B6|water', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'water|B6|DA5|water', 'water', 'warning', 6, 'DA5', NULL, NULL, NULL, NULL, 'water', 4.021312578938887e-05, NULL, 0.8264462809917356, 107.06516835190669, 'array_median', 'DA5: water 4.31 mm in the median of its scans is 4.02e-05 times that of the radiometers (107065.17 mm); limit 0.826', NULL, 'water|B6|water', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'water|B6|DA6|water', 'water', 'warning', 6, 'DA6', NULL, NULL, NULL, NULL, 'water', 3.0412607064337858e-05, NULL, 0.8264462809917356, 107.06516835190659, 'array_median', 'DA6: water 3.26 mm in the median of its scans is 3.04e-05 times that of the radiometers (107065.17 mm); limit 0.826', NULL, 'water|B6|water', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'missing_intent|CALIBRATE_POINTING', 'missing_intent', 'info', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'public_criterion', 'No scan has the intent CALIBRATE_POINTING', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_specification|B6|trec', 'trec_specification', 'info', 6, NULL, NULL, NULL, NULL, NULL, 'trec', 1.9042643351727224, NULL, 1, 83, 'specification', '6 of 1 antennas: 9 findings, first DA5 BB_1 Y: Trx 158 K is 1.9 times the specification of band 6 (83 K); limit 1', NULL, NULL, 9);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'water_radiometer|water', 'water_radiometer', 'info', NULL, NULL, NULL, NULL, NULL, NULL, 'water', 3.449949738882637e-05, NULL, 0.7692307692307692, 107.0651683519068, 'public_criterion', 'The array: water 3.69 mm of the atmosphere calibrations is 3.45e-05 times that of the radiometers (107065.17 mm); limit 0.769', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'weather|B6|water', 'weather', 'info', 6, NULL, NULL, NULL, NULL, NULL, 'water', 84837.69283035399, NULL, 1, NULL, 'public_criterion', 'PWV 107065.17 mm is 8.5e+04 times the 1.26 mm up to which band 6 is planned (octile 4); limit 1', NULL, NULL, 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_specification|B6|DA1|BB_1|X|trec', 'trec_specification', 'info', 6, 'DA1', 'BB_1', 'X', NULL, NULL, 'trec', 1.2398654064500187, NULL, 1, 83, 'specification', 'DA1 BB_1 X: Trx 103 K is 1.24 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_specification|B6|DA1|BB_1|Y|trec', 'trec_specification', 'info', 6, 'DA1', 'BB_1', 'Y', NULL, NULL, 'trec', 1.4030638545392506, NULL, 1, 83, 'specification', 'DA1 BB_1 Y: Trx 116 K is 1.4 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_specification|B6|DA2|BB_1|X|trec', 'trec_specification', 'info', 6, 'DA2', 'BB_1', 'X', NULL, NULL, 'trec', 1.8045532961925832, NULL, 1, 83, 'specification', 'DA2 BB_1 X: Trx 150 K is 1.8 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_specification|B6|DA3|BB_1|X|trec', 'trec_specification', 'info', 6, 'DA3', 'BB_1', 'X', NULL, NULL, 'trec', 1.08314753153238, NULL, 1, 82.99999999999999, 'specification', 'DA3 BB_1 X: Trx 90 K is 1.08 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_specification|B6|DA3|BB_1|Y|trec', 'trec_specification', 'info', 6, 'DA3', 'BB_1', 'Y', NULL, NULL, 'trec', 1.5159324737916509, NULL, 1, 83, 'specification', 'DA3 BB_1 Y: Trx 126 K is 1.52 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_specification|B6|DA4|BB_1|Y|trec', 'trec_specification', 'info', 6, 'DA4', 'BB_1', 'Y', NULL, NULL, 'trec', 1.3713283309017317, NULL, 1, 83, 'specification', 'DA4 BB_1 Y: Trx 114 K is 1.37 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_specification|B6|DA5|BB_1|Y|trec', 'trec_specification', 'info', 6, 'DA5', 'BB_1', 'Y', NULL, NULL, 'trec', 1.9042643351727224, NULL, 1, 83, 'specification', 'DA5 BB_1 Y: Trx 158 K is 1.9 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_specification|B6|DA6|BB_1|X|trec', 'trec_specification', 'info', 6, 'DA6', 'BB_1', 'X', NULL, NULL, 'trec', 1.090494086943477, NULL, 1, 83.00000000000001, 'specification', 'DA6 BB_1 X: Trx 91 K is 1.09 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.finding VALUES ('uid://A002/Xf8f6a9/X2', 'trec_specification|B6|DA6|BB_1|Y|trec', 'trec_specification', 'info', 6, 'DA6', 'BB_1', 'Y', NULL, NULL, 'trec', 1.246432752494352, NULL, 1, 83, 'specification', 'DA6 BB_1 Y: Trx 103 K is 1.25 times the specification of band 6 (83 K); limit 1', NULL, 'trec_specification|B6|trec', 0);
INSERT INTO mart.refresh VALUES ('uid://A002/Xf8f6a9/X15c79', 'invalid_value', 'asdm', '938c410c:2c4693b17cbba9b408dba96a4bdb4d92abc0a42769e8d0a86b0968e6ccdbb7d8', 0, '2026-11-28 13:09:30.535759+00');
INSERT INTO mart.refresh VALUES ('uid://A002/Xf8f6a9/X2', 'invalid_value', 'asdm', '938c410c:cf44d130b87eb2e1b1f7f2f70b4e8234c4b2f71715aae6003e50aa79a8568b6d', 0, '2026-11-28 13:09:30.535759+00');
INSERT INTO mart.refresh VALUES ('uid://A002/Xf8f6a9/X15c79', 'execution_block', 'asdm', '938c410c:2c4693b17cbba9b408dba96a4bdb4d92abc0a42769e8d0a86b0968e6ccdbb7d8', 1, '2026-11-28 13:09:30.535759+00');
INSERT INTO mart.refresh VALUES ('uid://A002/Xf8f6a9/X2', 'execution_block', 'asdm', '938c410c:cf44d130b87eb2e1b1f7f2f70b4e8234c4b2f71715aae6003e50aa79a8568b6d', 1, '2026-11-28 13:09:30.535759+00');
INSERT INTO mart.refresh VALUES ('uid://A002/Xf8f6a9/X15c79', 'scan_summary', 'asdm', '938c410c:2c4693b17cbba9b408dba96a4bdb4d92abc0a42769e8d0a86b0968e6ccdbb7d8', 6, '2026-11-28 13:09:30.535759+00');
INSERT INTO mart.refresh VALUES ('uid://A002/Xf8f6a9/X2', 'scan_summary', 'asdm', '938c410c:cf44d130b87eb2e1b1f7f2f70b4e8234c4b2f71715aae6003e50aa79a8568b6d', 6, '2026-11-28 13:09:30.535759+00');
INSERT INTO mart.refresh VALUES ('uid://A002/Xf8f6a9/X15c79', 'spectrum', 'asdm', '938c410c:2c4693b17cbba9b408dba96a4bdb4d92abc0a42769e8d0a86b0968e6ccdbb7d8', 2, '2026-11-28 13:09:30.535759+00');
INSERT INTO mart.refresh VALUES ('uid://A002/Xf8f6a9/X2', 'spectrum', 'asdm', '938c410c:cf44d130b87eb2e1b1f7f2f70b4e8234c4b2f71715aae6003e50aa79a8568b6d', 2, '2026-11-28 13:09:30.535759+00');
INSERT INTO mart.scan_summary VALUES ('uid://A002/Xf8f6a9/X15c79', 6, 'BB_1', 'DA1', 'CalData_1', 1, '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-1', '2022-05-23 05:20:00+00', 230000000000, 230109375000, 8, 1, 112.1278924460462, 191.08346533866836, 79.35170896983658, 161.91716661711277, 193.09829485948163, 150.46218933923606, 27.126718521118164, 115.14606475830078, 0.0008248179753462872, 0.004116170923684458, 102.90883, 116.4543, 38.87484, 56.52506, 111.59779, 102.53734, 41.55507, 36.621914, 0, 0);
INSERT INTO mart.scan_summary VALUES ('uid://A002/Xf8f6a9/X15c79', 6, 'BB_1', 'DA2', 'CalData_2', 2, '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-2', '2022-05-23 05:20:00+00', 230000000000, 230109375000, 8, 1, 45.94873028953407, 190.7569004847039, 74.5750692724961, 101.62962010651727, 117.42083399853816, 69.84041672816674, 102.68045806884766, 31.222925186157227, 0.00344810583941596, 0.003956775013618525, 149.77792, 82.26967, 24.333183, 41.819397, 98.755806, 87.16681, 19.650394, 46.817055, 0, 0);
INSERT INTO mart.scan_summary VALUES ('uid://A002/Xf8f6a9/X15c79', 6, 'BB_1', 'DA3', 'CalData_3', 3, '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-3', '2022-05-23 05:20:00+00', 230000000000, 230109375000, 8, 1, 76.12966136188737, 96.19876081506362, 44.127505504489655, 92.56033756048326, 48.91736157952283, 194.58657437890386, 135.43907165527344, 173.47390747070312, 0.0010389196691986625, 0.004031584389559197, 89.901245, 125.822395, 33.359875, 34.114285, 131.24008, 97.83588, 32.330048, 27.21106, 0, 0);
INSERT INTO mart.scan_summary VALUES ('uid://A002/Xf8f6a9/X15c79', 6, 'BB_1', 'DA4', 'CalData_1', 1, '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-1', '2022-05-23 05:20:00+00', 230000000000, 230109375000, 8, 1, 168.9864668876795, 93.65584454644903, 56.62194332170693, 67.2164012795329, 112.89234539861816, 40.855810244738656, 126.72938537597656, 66.81754302978516, 0.0010374872376802814, 0.0004996078250812123, 66.32036, 113.82025, 28.152658, 25.987114, 140.07658, 119.95183, 44.09523, 15.812397, 0, 0);
INSERT INTO mart.scan_summary VALUES ('uid://A002/Xf8f6a9/X15c79', 6, 'BB_1', 'DA5', 'CalData_2', 2, '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-2', '2022-05-23 05:20:00+00', 230000000000, 230109375000, 8, 1, 118.92686378115071, 24.960640383752306, 155.06564107340947, 70.4735764374872, 132.22815599675008, 159.80296058161363, 171.17868041992188, 111.70925903320312, 0.004290612174006644, 0.004320289131270576, 76.44636, 158.05394, 14.801222, 20.525589, 59.138123, 108.92099, 14.105808, 55.95395, 0, 0);
INSERT INTO mart.scan_summary VALUES ('uid://A002/Xf8f6a9/X15c79', 6, 'BB_1', 'DA6', 'CalData_3', 3, '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-3', '2022-05-23 05:20:00+00', 230000000000, 230109375000, 8, 1, 155.6323595614652, 116.86579637947008, 107.33437539769432, 196.53269596422297, 130.3405941895473, 185.11358686236247, 111.95999908447266, 155.54544067382812, 0.004395031772441244, 0.002412357624858072, 90.51101, 103.45392, 39.41355, 52.608818, 106.38095, 69.7401, 65.42261, 37.881584, 0, 0);
INSERT INTO mart.scan_summary VALUES ('uid://A002/Xf8f6a9/X2', 6, 'BB_1', 'DA1', 'CalData_1', 1, '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-1', '2022-05-23 05:20:00+00', 230000000000, 230109375000, 8, 1, 112.1278924460462, 191.08346533866836, 79.35170896983658, 161.91716661711277, 193.09829485948163, 150.46218933923606, 27.126718521118164, 115.14606475830078, 0.0008248179753462872, 0.004116170923684458, 102.90883, 116.4543, 38.87484, 56.52506, 111.59779, 102.53734, 41.55507, 36.621914, 0, 0);
INSERT INTO mart.scan_summary VALUES ('uid://A002/Xf8f6a9/X2', 6, 'BB_1', 'DA2', 'CalData_2', 2, '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-2', '2022-05-23 05:20:00+00', 230000000000, 230109375000, 8, 1, 45.94873028953407, 190.7569004847039, 74.5750692724961, 101.62962010651727, 117.42083399853816, 69.84041672816674, 102.68045806884766, 31.222925186157227, 0.00344810583941596, 0.003956775013618525, 149.77792, 82.26967, 24.333183, 41.819397, 98.755806, 87.16681, 19.650394, 46.817055, 0, 0);
INSERT INTO mart.scan_summary VALUES ('uid://A002/Xf8f6a9/X2', 6, 'BB_1', 'DA3', 'CalData_3', 3, '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-3', '2022-05-23 05:20:00+00', 230000000000, 230109375000, 8, 1, 76.12966136188737, 96.19876081506362, 44.127505504489655, 92.56033756048326, 48.91736157952283, 194.58657437890386, 135.43907165527344, 173.47390747070312, 0.0010389196691986625, 0.004031584389559197, 89.901245, 125.822395, 33.359875, 34.114285, 131.24008, 97.83588, 32.330048, 27.21106, 0, 0);
INSERT INTO mart.scan_summary VALUES ('uid://A002/Xf8f6a9/X2', 6, 'BB_1', 'DA4', 'CalData_1', 1, '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-1', '2022-05-23 05:20:00+00', 230000000000, 230109375000, 8, 1, 168.9864668876795, 93.65584454644903, 56.62194332170693, 67.2164012795329, 112.89234539861816, 40.855810244738656, 126.72938537597656, 66.81754302978516, 0.0010374872376802814, 0.0004996078250812123, 66.32036, 113.82025, 28.152658, 25.987114, 140.07658, 119.95183, 44.09523, 15.812397, 0, 0);
INSERT INTO mart.scan_summary VALUES ('uid://A002/Xf8f6a9/X2', 6, 'BB_1', 'DA5', 'CalData_2', 2, '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-2', '2022-05-23 05:20:00+00', 230000000000, 230109375000, 8, 1, 118.92686378115071, 24.960640383752306, 155.06564107340947, 70.4735764374872, 132.22815599675008, 159.80296058161363, 171.17868041992188, 111.70925903320312, 0.004290612174006644, 0.004320289131270576, 76.44636, 158.05394, 14.801222, 20.525589, 59.138123, 108.92099, 14.105808, 55.95395, 0, 0);
INSERT INTO mart.scan_summary VALUES ('uid://A002/Xf8f6a9/X2', 6, 'BB_1', 'DA6', 'CalData_3', 3, '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-3', '2022-05-23 05:20:00+00', 230000000000, 230109375000, 8, 1, 155.6323595614652, 116.86579637947008, 107.33437539769432, 196.53269596422297, 130.3405941895473, 185.11358686236247, 111.95999908447266, 155.54544067382812, 0.004395031772441244, 0.002412357624858072, 90.51101, 103.45392, 39.41355, 52.608818, 106.38095, 69.7401, 65.42261, 37.881584, 0, 0);
INSERT INTO mart.spectrum VALUES ('uid://A002/Xf8f6a9/X15c79', 6, 'BB_1', '3b3418f10b9638f9ef0afaa4cd454a94', 'trec', '2022-05-23 05:20:00+00', 8, 12, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', '{DA1,DA1,DA2,DA2,DA3,DA3,DA4,DA4,DA5,DA5,DA6,DA6}', '{CalData_1,CalData_1,CalData_2,CalData_2,CalData_3,CalData_3,CalData_1,CalData_1,CalData_2,CalData_2,CalData_3,CalData_3}', '{X,Y,X,Y,X,Y,X,Y,X,Y,X,Y}', '\x428aa84d41aa365543083ad24315956d432a6708428d79dc426af503430714644324e8ed434175f4423c60bd42d598b243350c8242c02d9742fc388341c3443e430d390843396f9b4328d41c433364c6430add2d42806619431e5543426867e34329a12541fa50564328967a424671fb42af0d8c429a0697431070d04250925e42b6a6f841a8632e42867f8342bfa0c3421c43674305f80342b0f3e743168d8b4309b22542c33ddb43301e214305c8c94325d97142a30bcd42ebb890425d557143474e30427f1d79428478e84204b2654284cf23431d5cf643119ef0422ca50c42af722442bf881e430bb27942cc226a42fb2587432b24ab4316c3e742ab671242c96c3442ac5f31421f024b4262557b428e2b9b429916944298b27e42f79ca54342e779431f708643226774431cab1842feea6443392f424310222842dc20d94207801642d7d77b42693d02422f8a9542de2ef1432150bb429233cb431e610142e53a04423b50884341b1b742b896cb429248ca432c75af42299c8743180bd9');
INSERT INTO mart.spectrum VALUES ('uid://A002/Xf8f6a9/X15c79', 6, 'BB_1', '3b3418f10b9638f9ef0afaa4cd454a94', 'tsys', '2022-05-23 05:20:00+00', 8, 12, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', '{DA1,DA1,DA2,DA2,DA3,DA3,DA4,DA4,DA5,DA5,DA6,DA6}', '{CalData_1,CalData_1,CalData_2,CalData_2,CalData_3,CalData_3,CalData_1,CalData_1,CalData_2,CalData_2,CalData_3,CalData_3}', '{X,Y,X,Y,X,Y,X,Y,X,Y,X,Y}', '\x42573bdb42b54c0b4276f7c9432b6bc942b46d45434371d843048c0d4310da2442e3bfc142973a8242b6667b433d5e3f4260ddc64345e121431c7ebc42a985f7430778f242b1274242b1566442dd5e7b41b814b342d9af8e4342e341428ec47a431aade242c7676d4266aeaf4336e68541b83b36429543624347d31d42865f73432cd3f9430105e1432516204305750b42aa9224431cf12641c6234442c8da4842adde1e42d3bf24422be30c4270347742f256ad42b398cd43227f854300ecb2432f072b4317d33043005406428f8aa74320e59a428274d2420626ea434150cd42ea676f431f4d0d42e6852d4302159841d0ce0a42567dd0430d71b042f5673c424228dd433f5d82423f227642dfb58c4237ae9c4315207d428b79024230939341e238b7424de1b0425a185742e94f5942ca5fbe43405020433fbf4b432360d8430ce2c2432c1aaa433cf9af41c091cd4225092842a9b1eb421361ee42ffd42d4285bb2b4287298d428fcc4f42165af343195eb843091efc43012be541d10690');
INSERT INTO mart.spectrum VALUES ('uid://A002/Xf8f6a9/X2', 6, 'BB_1', '3b3418f10b9638f9ef0afaa4cd454a94', 'trec', '2022-05-23 05:20:00+00', 8, 12, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', '{DA1,DA1,DA2,DA2,DA3,DA3,DA4,DA4,DA5,DA5,DA6,DA6}', '{CalData_1,CalData_1,CalData_2,CalData_2,CalData_3,CalData_3,CalData_1,CalData_1,CalData_2,CalData_2,CalData_3,CalData_3}', '{X,Y,X,Y,X,Y,X,Y,X,Y,X,Y}', '\x428aa84d41aa365543083ad24315956d432a6708428d79dc426af503430714644324e8ed434175f4423c60bd42d598b243350c8242c02d9742fc388341c3443e430d390843396f9b4328d41c433364c6430add2d42806619431e5543426867e34329a12541fa50564328967a424671fb42af0d8c429a0697431070d04250925e42b6a6f841a8632e42867f8342bfa0c3421c43674305f80342b0f3e743168d8b4309b22542c33ddb43301e214305c8c94325d97142a30bcd42ebb890425d557143474e30427f1d79428478e84204b2654284cf23431d5cf643119ef0422ca50c42af722442bf881e430bb27942cc226a42fb2587432b24ab4316c3e742ab671242c96c3442ac5f31421f024b4262557b428e2b9b429916944298b27e42f79ca54342e779431f708643226774431cab1842feea6443392f424310222842dc20d94207801642d7d77b42693d02422f8a9542de2ef1432150bb429233cb431e610142e53a04423b50884341b1b742b896cb429248ca432c75af42299c8743180bd9');
INSERT INTO mart.spectrum VALUES ('uid://A002/Xf8f6a9/X2', 6, 'BB_1', '3b3418f10b9638f9ef0afaa4cd454a94', 'tsys', '2022-05-23 05:20:00+00', 8, 12, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', '{DA1,DA1,DA2,DA2,DA3,DA3,DA4,DA4,DA5,DA5,DA6,DA6}', '{CalData_1,CalData_1,CalData_2,CalData_2,CalData_3,CalData_3,CalData_1,CalData_1,CalData_2,CalData_2,CalData_3,CalData_3}', '{X,Y,X,Y,X,Y,X,Y,X,Y,X,Y}', '\x42573bdb42b54c0b4276f7c9432b6bc942b46d45434371d843048c0d4310da2442e3bfc142973a8242b6667b433d5e3f4260ddc64345e121431c7ebc42a985f7430778f242b1274242b1566442dd5e7b41b814b342d9af8e4342e341428ec47a431aade242c7676d4266aeaf4336e68541b83b36429543624347d31d42865f73432cd3f9430105e1432516204305750b42aa9224431cf12641c6234442c8da4842adde1e42d3bf24422be30c4270347742f256ad42b398cd43227f854300ecb2432f072b4317d33043005406428f8aa74320e59a428274d2420626ea434150cd42ea676f431f4d0d42e6852d4302159841d0ce0a42567dd0430d71b042f5673c424228dd433f5d82423f227642dfb58c4237ae9c4315207d428b79024230939341e238b7424de1b0425a185742e94f5942ca5fbe43405020433fbf4b432360d8430ce2c2432c1aaa433cf9af41c091cd4225092842a9b1eb421361ee42ffd42d4285bb2b4287298d428fcc4f42165af343195eb843091efc43012be541d10690');
INSERT INTO raw.antenna VALUES ('uid://A002/Xf8f6a9/X15c79', 'Antenna_1', 'name-1', 'AEM_12', 110.36752576194358, 'Station_1');
INSERT INTO raw.antenna VALUES ('uid://A002/Xf8f6a9/X15c79', 'Antenna_2', 'name-2', 'AEM_12', 124.64854430503475, 'Station_2');
INSERT INTO raw.antenna VALUES ('uid://A002/Xf8f6a9/X15c79', 'Antenna_3', 'name-3', 'AEM_12', 109.91311228550161, 'Station_3');
INSERT INTO raw.antenna VALUES ('uid://A002/Xf8f6a9/X2', 'Antenna_1', 'name-1', 'AEM_12', 110.36752576194358, 'Station_1');
INSERT INTO raw.antenna VALUES ('uid://A002/Xf8f6a9/X2', 'Antenna_2', 'name-2', 'AEM_12', 124.64854430503475, 'Station_2');
INSERT INTO raw.antenna VALUES ('uid://A002/Xf8f6a9/X2', 'Antenna_3', 'name-3', 'AEM_12', 109.91311228550161, 'Station_3');
INSERT INTO raw.asdm VALUES ('uid://A002/Xf8f6a9/X15c79', 3, '2c4693b17cbba9b408dba96a4bdb4d92abc0a42769e8d0a86b0968e6ccdbb7d8', false, '2026-11-28 13:09:30.204107+00');
INSERT INTO raw.asdm VALUES ('uid://A002/Xf8f6a9/X2', 3, 'cf44d130b87eb2e1b1f7f2f70b4e8234c4b2f71715aae6003e50aa79a8568b6d', false, '2026-11-28 13:09:30.289666+00');
INSERT INTO raw.cal_atmosphere VALUES ('uid://A002/Xf8f6a9/X15c79', 6, 'BB_1', 'DA1', 'CalData_1', 'CalReduction_1', '2022-05-23 05:20:00+00', 55500, 82.22769700741202, 101.01784547311301, 8, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', 112.1278924460462, 191.08346533866836, 79.35170896983658, 161.91716661711277, 193.09829485948163, 150.46218933923606, 27.126718521118164, 115.14606475830078, 0.0008248179753462872, 0.004116170923684458, '{69.32871,21.27653,136.22977,149.5837,170.40247,70.73801,58.73927,135.07965}', '{164.90987,193.46075,47.09447,106.79823,181.04886,96.08904,126.110374,24.408321}', '{53.808453,90.64852,61.741978,171.42104,90.21342,195.4447,132.54707,144.85211}', '{113.87452,75.61427,91.20016,189.36815,56.216576,197.87941,156.49506,84.76165}', '{97.30354,143.33664,48.1424,89.41841,23.570147,34.73444,58.961643,94.63703}', '{103.38321,179.21388,76.99852,23.863497,168.7202,31.132448,36.73856,193.37271}', '{0.22103304,0.78079456,0.28506994,0.91355646,0.52000374,0.31064722,0.18264006,0.49035192}', '{0.38253433,0.6268628,0.503475,0.0465901,0.8347638,0.0611572,0.82931924,0.81462216}');
INSERT INTO raw.cal_atmosphere VALUES ('uid://A002/Xf8f6a9/X15c79', 6, 'BB_1', 'DA2', 'CalData_2', 'CalReduction_2', '2022-05-23 05:20:00+00', 55500, 96.22062430040071, 100.41248750855259, 8, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', 45.94873028953407, 190.7569004847039, 74.5750692724961, 101.62962010651727, 117.42083399853816, 69.84041672816674, 102.68045806884766, 31.222925186157227, 0.00344810583941596, 0.003956775013618525, '{141.22278,185.43596,168.82855,179.39365,138.86397,64.19941,158.33305,58.10145}', '{169.62947,31.289227,168.5878,49.61131,87.52646,77.01287,144.44067,52.142937}', '{135.47244,88.576675,88.66873,110.68453,23.010107,108.84288,194.88771,71.38374}', '{154.67923,99.702,57.67059,182.90047,23.028912,74.63161,199.82466,67.186424}', '{155.60577,80.81376,43.79219,89.6115,81.055084,177.39941,95.37554,34.7681}', '{186.82494,132.0164,41.007774,40.37135,103.86798,36.576015,133.7154,130.94908}', '{0.9247433,0.66775703,0.1690174,0.44751012,0.44503835,0.63600963,0.38732615,0.6789213}', '{0.2118683,0.35981727,0.5478803,0.43337455,0.13130039,0.96616983,0.6943824,0.83470476}');
INSERT INTO raw.cal_atmosphere VALUES ('uid://A002/Xf8f6a9/X15c79', 6, 'BB_1', 'DA3', 'CalData_3', 'CalReduction_3', '2022-05-23 05:20:00+00', 55500, 97.82504363140563, 78.56260836901107, 8, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', 76.12966136188737, 96.19876081506362, 44.127505504489655, 92.56033756048326, 48.91736157952283, 194.58657437890386, 135.43907165527344, 173.47390747070312, 0.0010389196691986625, 0.004031584389559197, '{91.32611,21.048428,67.24905,95.81399,39.065823,133.9688,88.47637,150.5529}', '{137.69588,97.62081,176.11769,133.78432,165.84938,81.52305,117.86047,55.33344}', '{172.82802,129.02296,165.08643,133.4572,85.28543,156.94199,24.76722,100.42633}', '{86.93382,105.87332,42.971725,60.051235,121.16929,89.79844,162.49812,128.92459}', '{25.774643,165.3361,161.62306,184.7555,140.6552,144.7152,49.4735,24.299986}', '{31.801367,193.60304,136.22984,190.4432,82.88918,155.93988,31.771814,49.91693}', '{0.36388615,0.94544697,0.81432265,0.9797112,0.20542032,0.4823978,0.3919905,0.61775607}', '{0.25771755,0.109467566,0.48185042,0.6430772,0.39017525,0.9875649,0.4119289,0.30681738}');
INSERT INTO raw.cal_atmosphere VALUES ('uid://A002/Xf8f6a9/X15c79', 6, 'BB_1', 'DA4', 'CalData_1', 'CalReduction_4', '2022-05-23 05:20:00+00', 55500, 103.26212150434355, 114.0870429624248, 8, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', 168.9864668876795, 93.65584454644903, 56.62194332170693, 67.2164012795329, 112.89234539861816, 40.855810244738656, 126.72938537597656, 66.81754302978516, 0.0010374872376802814, 0.0004996078250812123, '{199.30542,63.77878,66.236145,33.174213,66.404564,157.36313,145.62085,43.16118}', '{87.72293,95.765854,139.69716,102.067215,125.573296,171.14323,150.76524,85.70131}', '{175.028,151.82495,128.32822,71.770805,160.89688,65.228165,33.538002,193.31563}', '{117.20202,159.30098,115.26011,130.08435,26.100605,53.622864,141.44409,122.70163}', '{69.884,119.05728,120.333595,109.81756,96.40344,123.62693,193.99924,102.45432}', '{170.74486,30.056953,89.40571,120.88936,131.6577,65.0033,91.87238,190.4611}', '{0.8157588,0.4720229,0.28048462,0.2936261,0.9476842,0.9621194,0.64977455,0.28598028}', '{0.71425533,0.22460179,0.32886383,0.546319,0.40713271,0.35751364,0.97439307,0.17850411}');
INSERT INTO raw.cal_atmosphere VALUES ('uid://A002/Xf8f6a9/X15c79', 6, 'BB_1', 'DA5', 'CalData_2', 'CalReduction_5', '2022-05-23 05:20:00+00', 55500, 99.09916560311696, 68.98399832935053, 8, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', 118.92686378115071, 24.960640383752306, 155.06564107340947, 70.4735764374872, 132.22815599675008, 159.80296058161363, 171.17868041992188, 111.70925903320312, 0.004290612174006644, 0.004320289131270576, '{100.711334,86.18592,39.75224,56.583477,71.08517,76.5441,76.34862,123.80595}', '{194.90419,159.43954,162.40411,156.66833,127.457794,185.1846,144.13342,110.064156}', '{48.539906,191.36526,47.783653,111.85458,45.920517,149.1269,69.73634,44.144115}', '{28.277693,51.470398,54.52377,116.654976,101.187,192.31299,191.74724,163.3783}', '{136.79314,125.29392,31.753767,29.391726,58.05172,44.808098,197.07498,20.494486}', '{85.85184,30.51604,135.2019,28.375977,32.313736,34.389652,68.921326,123.74445}', '{0.6176408,0.048155975,0.100797586,0.21789604,0.9917693,0.72916037,0.8693577,0.058988947}', '{0.6846241,0.44553712,0.42225575,0.7111722,0.31523576,0.51833314,0.2681175,0.39749002}');
INSERT INTO raw.cal_atmosphere VALUES ('uid://A002/Xf8f6a9/X15c79', 6, 'BB_1', 'DA6', 'CalData_3', 'CalReduction_6', '2022-05-23 05:20:00+00', 55500, 105.2189781668861, 119.97668319291901, 8, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', 155.6323595614652, 116.86579637947008, 107.33437539769432, 196.53269596422297, 130.3405941895473, 185.11358686236247, 111.95999908447266, 155.54544067382812, 0.004395031772441244, 0.002412357624858072, '{33.875084,107.92086,58.309578,43.885334,111.09168,161.31535,73.10116,158.37892}', '{114.61331,46.828644,193.6942,92.29452,73.142166,172.4597,42.40286,152.04628}', '{140.88577,172.10416,188.97533,24.071192,41.25894,84.847496,36.845634,127.914406}', '{66.86556,67.581154,71.89904,37.588818,153.37,137.12103,129.17146,26.128204}', '{164.98076,68.09448,70.97079,168.40678,154.2707,42.826656,165.1428,169.6252}', '{52.00864,132.85065,55.413853,63.82869,108.921036,113.9996,106.226036,117.40539}', '{0.5379929,0.16630219,0.28342524,0.42620185,0.4780205,0.8020039,0.6465206,0.56686515}', '{0.87116873,0.20537537,0.113042206,0.39978796,0.14581805,0.5604212,0.5779069,0.14027761}');
INSERT INTO raw.cal_atmosphere VALUES ('uid://A002/Xf8f6a9/X2', 6, 'BB_1', 'DA1', 'CalData_1', 'CalReduction_1', '2022-05-23 05:20:00+00', 55500, 82.22769700741202, 101.01784547311301, 8, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', 112.1278924460462, 191.08346533866836, 79.35170896983658, 161.91716661711277, 193.09829485948163, 150.46218933923606, 27.126718521118164, 115.14606475830078, 0.0008248179753462872, 0.004116170923684458, '{69.32871,21.27653,136.22977,149.5837,170.40247,70.73801,58.73927,135.07965}', '{164.90987,193.46075,47.09447,106.79823,181.04886,96.08904,126.110374,24.408321}', '{53.808453,90.64852,61.741978,171.42104,90.21342,195.4447,132.54707,144.85211}', '{113.87452,75.61427,91.20016,189.36815,56.216576,197.87941,156.49506,84.76165}', '{97.30354,143.33664,48.1424,89.41841,23.570147,34.73444,58.961643,94.63703}', '{103.38321,179.21388,76.99852,23.863497,168.7202,31.132448,36.73856,193.37271}', '{0.22103304,0.78079456,0.28506994,0.91355646,0.52000374,0.31064722,0.18264006,0.49035192}', '{0.38253433,0.6268628,0.503475,0.0465901,0.8347638,0.0611572,0.82931924,0.81462216}');
INSERT INTO raw.cal_atmosphere VALUES ('uid://A002/Xf8f6a9/X2', 6, 'BB_1', 'DA2', 'CalData_2', 'CalReduction_2', '2022-05-23 05:20:00+00', 55500, 96.22062430040071, 100.41248750855259, 8, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', 45.94873028953407, 190.7569004847039, 74.5750692724961, 101.62962010651727, 117.42083399853816, 69.84041672816674, 102.68045806884766, 31.222925186157227, 0.00344810583941596, 0.003956775013618525, '{141.22278,185.43596,168.82855,179.39365,138.86397,64.19941,158.33305,58.10145}', '{169.62947,31.289227,168.5878,49.61131,87.52646,77.01287,144.44067,52.142937}', '{135.47244,88.576675,88.66873,110.68453,23.010107,108.84288,194.88771,71.38374}', '{154.67923,99.702,57.67059,182.90047,23.028912,74.63161,199.82466,67.186424}', '{155.60577,80.81376,43.79219,89.6115,81.055084,177.39941,95.37554,34.7681}', '{186.82494,132.0164,41.007774,40.37135,103.86798,36.576015,133.7154,130.94908}', '{0.9247433,0.66775703,0.1690174,0.44751012,0.44503835,0.63600963,0.38732615,0.6789213}', '{0.2118683,0.35981727,0.5478803,0.43337455,0.13130039,0.96616983,0.6943824,0.83470476}');
INSERT INTO raw.cal_atmosphere VALUES ('uid://A002/Xf8f6a9/X2', 6, 'BB_1', 'DA3', 'CalData_3', 'CalReduction_3', '2022-05-23 05:20:00+00', 55500, 97.82504363140563, 78.56260836901107, 8, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', 76.12966136188737, 96.19876081506362, 44.127505504489655, 92.56033756048326, 48.91736157952283, 194.58657437890386, 135.43907165527344, 173.47390747070312, 0.0010389196691986625, 0.004031584389559197, '{91.32611,21.048428,67.24905,95.81399,39.065823,133.9688,88.47637,150.5529}', '{137.69588,97.62081,176.11769,133.78432,165.84938,81.52305,117.86047,55.33344}', '{172.82802,129.02296,165.08643,133.4572,85.28543,156.94199,24.76722,100.42633}', '{86.93382,105.87332,42.971725,60.051235,121.16929,89.79844,162.49812,128.92459}', '{25.774643,165.3361,161.62306,184.7555,140.6552,144.7152,49.4735,24.299986}', '{31.801367,193.60304,136.22984,190.4432,82.88918,155.93988,31.771814,49.91693}', '{0.36388615,0.94544697,0.81432265,0.9797112,0.20542032,0.4823978,0.3919905,0.61775607}', '{0.25771755,0.109467566,0.48185042,0.6430772,0.39017525,0.9875649,0.4119289,0.30681738}');
INSERT INTO raw.cal_atmosphere VALUES ('uid://A002/Xf8f6a9/X2', 6, 'BB_1', 'DA4', 'CalData_1', 'CalReduction_4', '2022-05-23 05:20:00+00', 55500, 103.26212150434355, 114.0870429624248, 8, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', 168.9864668876795, 93.65584454644903, 56.62194332170693, 67.2164012795329, 112.89234539861816, 40.855810244738656, 126.72938537597656, 66.81754302978516, 0.0010374872376802814, 0.0004996078250812123, '{199.30542,63.77878,66.236145,33.174213,66.404564,157.36313,145.62085,43.16118}', '{87.72293,95.765854,139.69716,102.067215,125.573296,171.14323,150.76524,85.70131}', '{175.028,151.82495,128.32822,71.770805,160.89688,65.228165,33.538002,193.31563}', '{117.20202,159.30098,115.26011,130.08435,26.100605,53.622864,141.44409,122.70163}', '{69.884,119.05728,120.333595,109.81756,96.40344,123.62693,193.99924,102.45432}', '{170.74486,30.056953,89.40571,120.88936,131.6577,65.0033,91.87238,190.4611}', '{0.8157588,0.4720229,0.28048462,0.2936261,0.9476842,0.9621194,0.64977455,0.28598028}', '{0.71425533,0.22460179,0.32886383,0.546319,0.40713271,0.35751364,0.97439307,0.17850411}');
INSERT INTO raw.cal_atmosphere VALUES ('uid://A002/Xf8f6a9/X2', 6, 'BB_1', 'DA5', 'CalData_2', 'CalReduction_5', '2022-05-23 05:20:00+00', 55500, 99.09916560311696, 68.98399832935053, 8, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', 118.92686378115071, 24.960640383752306, 155.06564107340947, 70.4735764374872, 132.22815599675008, 159.80296058161363, 171.17868041992188, 111.70925903320312, 0.004290612174006644, 0.004320289131270576, '{100.711334,86.18592,39.75224,56.583477,71.08517,76.5441,76.34862,123.80595}', '{194.90419,159.43954,162.40411,156.66833,127.457794,185.1846,144.13342,110.064156}', '{48.539906,191.36526,47.783653,111.85458,45.920517,149.1269,69.73634,44.144115}', '{28.277693,51.470398,54.52377,116.654976,101.187,192.31299,191.74724,163.3783}', '{136.79314,125.29392,31.753767,29.391726,58.05172,44.808098,197.07498,20.494486}', '{85.85184,30.51604,135.2019,28.375977,32.313736,34.389652,68.921326,123.74445}', '{0.6176408,0.048155975,0.100797586,0.21789604,0.9917693,0.72916037,0.8693577,0.058988947}', '{0.6846241,0.44553712,0.42225575,0.7111722,0.31523576,0.51833314,0.2681175,0.39749002}');
INSERT INTO raw.cal_atmosphere VALUES ('uid://A002/Xf8f6a9/X2', 6, 'BB_1', 'DA6', 'CalData_3', 'CalReduction_6', '2022-05-23 05:20:00+00', 55500, 105.2189781668861, 119.97668319291901, 8, '{230000000000,230015625000,230031250000,230046875000,230062500000,230078125000,230093750000,230109375000}', 155.6323595614652, 116.86579637947008, 107.33437539769432, 196.53269596422297, 130.3405941895473, 185.11358686236247, 111.95999908447266, 155.54544067382812, 0.004395031772441244, 0.002412357624858072, '{33.875084,107.92086,58.309578,43.885334,111.09168,161.31535,73.10116,158.37892}', '{114.61331,46.828644,193.6942,92.29452,73.142166,172.4597,42.40286,152.04628}', '{140.88577,172.10416,188.97533,24.071192,41.25894,84.847496,36.845634,127.914406}', '{66.86556,67.581154,71.89904,37.588818,153.37,137.12103,129.17146,26.128204}', '{164.98076,68.09448,70.97079,168.40678,154.2707,42.826656,165.1428,169.6252}', '{52.00864,132.85065,55.413853,63.82869,108.921036,113.9996,106.226036,117.40539}', '{0.5379929,0.16630219,0.28342524,0.42620185,0.4780205,0.8020039,0.6465206,0.56686515}', '{0.87116873,0.20537537,0.113042206,0.39978796,0.14581805,0.5604212,0.5779069,0.14027761}');
INSERT INTO raw.cal_data VALUES ('uid://A002/Xf8f6a9/X15c79', 'CalData_1', 'CAL_ATMOSPHERE', '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', '{1}');
INSERT INTO raw.cal_data VALUES ('uid://A002/Xf8f6a9/X15c79', 'CalData_2', 'CAL_ATMOSPHERE', '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', '{2}');
INSERT INTO raw.cal_data VALUES ('uid://A002/Xf8f6a9/X15c79', 'CalData_3', 'CAL_ATMOSPHERE', '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', '{3}');
INSERT INTO raw.cal_data VALUES ('uid://A002/Xf8f6a9/X2', 'CalData_1', 'CAL_ATMOSPHERE', '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', '{1}');
INSERT INTO raw.cal_data VALUES ('uid://A002/Xf8f6a9/X2', 'CalData_2', 'CAL_ATMOSPHERE', '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', '{2}');
INSERT INTO raw.cal_data VALUES ('uid://A002/Xf8f6a9/X2', 'CalData_3', 'CAL_ATMOSPHERE', '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', '{3}');
INSERT INTO raw.cal_reduction VALUES ('uid://A002/Xf8f6a9/X15c79', 'CalReduction_1', '2022-05-23 05:20:00+00', 'software-1', 'softwareVersion-1', 'messages-1');
INSERT INTO raw.cal_reduction VALUES ('uid://A002/Xf8f6a9/X15c79', 'CalReduction_2', '2022-05-23 05:20:00+00', 'software-2', 'softwareVersion-2', 'messages-2');
INSERT INTO raw.cal_reduction VALUES ('uid://A002/Xf8f6a9/X15c79', 'CalReduction_3', '2022-05-23 05:20:00+00', 'software-3', 'softwareVersion-3', 'messages-3');
INSERT INTO raw.cal_reduction VALUES ('uid://A002/Xf8f6a9/X2', 'CalReduction_1', '2022-05-23 05:20:00+00', 'software-1', 'softwareVersion-1', 'messages-1');
INSERT INTO raw.cal_reduction VALUES ('uid://A002/Xf8f6a9/X2', 'CalReduction_2', '2022-05-23 05:20:00+00', 'software-2', 'softwareVersion-2', 'messages-2');
INSERT INTO raw.cal_reduction VALUES ('uid://A002/Xf8f6a9/X2', 'CalReduction_3', '2022-05-23 05:20:00+00', 'software-3', 'softwareVersion-3', 'messages-3');
INSERT INTO raw.cal_wvr VALUES ('uid://A002/Xf8f6a9/X15c79', 'antennaName-1', 'CalData_1', '2022-05-23 05:20:00+00', 107.06516835190675);
INSERT INTO raw.cal_wvr VALUES ('uid://A002/Xf8f6a9/X15c79', 'antennaName-2', 'CalData_2', '2022-05-23 05:20:00+00', 122.78558567435138);
INSERT INTO raw.cal_wvr VALUES ('uid://A002/Xf8f6a9/X15c79', 'antennaName-3', 'CalData_3', '2022-05-23 05:20:00+00', 50.536379009471545);
INSERT INTO raw.cal_wvr VALUES ('uid://A002/Xf8f6a9/X2', 'antennaName-1', 'CalData_1', '2022-05-23 05:20:00+00', 107.06516835190675);
INSERT INTO raw.cal_wvr VALUES ('uid://A002/Xf8f6a9/X2', 'antennaName-2', 'CalData_2', '2022-05-23 05:20:00+00', 122.78558567435138);
INSERT INTO raw.cal_wvr VALUES ('uid://A002/Xf8f6a9/X2', 'antennaName-3', 'CalData_3', '2022-05-23 05:20:00+00', 50.536379009471545);
INSERT INTO raw.exec_block VALUES ('uid://A002/Xf8f6a9/X15c79', 'uid://A001/X1/X1', 'SBSummary_1', '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', 1, 'configName-1', NULL, 'telescopeName-1', 'observerName-1', false, 3, '{Antenna_1,Antenna_1,Antenna_1}', 110.36752576194358, 124.64854430503475);
INSERT INTO raw.exec_block VALUES ('uid://A002/Xf8f6a9/X2', 'uid://A001/X1/X1', 'SBSummary_1', '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', 1, 'configName-1', NULL, 'telescopeName-1', 'observerName-1', false, 3, '{Antenna_1,Antenna_1,Antenna_1}', 110.36752576194358, 124.64854430503475);
INSERT INTO raw.field VALUES ('uid://A002/Xf8f6a9/X15c79', 'Field_1', 'fieldName-1', 1);
INSERT INTO raw.field VALUES ('uid://A002/Xf8f6a9/X15c79', 'Field_2', 'fieldName-2', 2);
INSERT INTO raw.field VALUES ('uid://A002/Xf8f6a9/X15c79', 'Field_3', 'fieldName-3', 3);
INSERT INTO raw.field VALUES ('uid://A002/Xf8f6a9/X2', 'Field_1', 'fieldName-1', 1);
INSERT INTO raw.field VALUES ('uid://A002/Xf8f6a9/X2', 'Field_2', 'fieldName-2', 2);
INSERT INTO raw.field VALUES ('uid://A002/Xf8f6a9/X2', 'Field_3', 'fieldName-3', 3);
INSERT INTO raw.receiver VALUES ('uid://A002/Xf8f6a9/X15c79', 1, 'SpectralWindow_1', '2022-05-23 05:20:00.000001+00', '2151-02-25 23:47:16.854775+00', 6, 'TSB', '{110.36752576194358,124.64854430503475}');
INSERT INTO raw.receiver VALUES ('uid://A002/Xf8f6a9/X15c79', 2, 'SpectralWindow_2', '2022-05-23 05:20:00.000002+00', '2151-02-25 23:47:16.854775+00', 6, 'TSB', '{109.91311228550161,60.90528305186917}');
INSERT INTO raw.receiver VALUES ('uid://A002/Xf8f6a9/X15c79', 3, 'SpectralWindow_3', '2022-05-23 05:20:00.000003+00', '2151-02-25 23:47:16.854775+00', 6, 'TSB', '{127.16067600019353,113.39123717092033}');
INSERT INTO raw.receiver VALUES ('uid://A002/Xf8f6a9/X2', 1, 'SpectralWindow_1', '2022-05-23 05:20:00.000001+00', '2151-02-25 23:47:16.854775+00', 6, 'TSB', '{110.36752576194358,124.64854430503475}');
INSERT INTO raw.receiver VALUES ('uid://A002/Xf8f6a9/X2', 2, 'SpectralWindow_2', '2022-05-23 05:20:00.000002+00', '2151-02-25 23:47:16.854775+00', 6, 'TSB', '{109.91311228550161,60.90528305186917}');
INSERT INTO raw.receiver VALUES ('uid://A002/Xf8f6a9/X2', 3, 'SpectralWindow_3', '2022-05-23 05:20:00.000003+00', '2151-02-25 23:47:16.854775+00', 6, 'TSB', '{127.16067600019353,113.39123717092033}');
INSERT INTO raw.sb_summary VALUES ('uid://A002/Xf8f6a9/X15c79', 'SBSummary_1', 'uid://A001/X1/X1', 'uid://A001/X1/X1', 110.36752576194358, 6, 'OBSERVATORY');
INSERT INTO raw.sb_summary VALUES ('uid://A002/Xf8f6a9/X15c79', 'SBSummary_2', 'uid://A001/X2/X1', 'uid://A001/X2/X1', 124.64854430503475, 6, 'OBSERVATORY');
INSERT INTO raw.sb_summary VALUES ('uid://A002/Xf8f6a9/X15c79', 'SBSummary_3', 'uid://A001/X3/X1', 'uid://A001/X3/X1', 109.91311228550161, 6, 'OBSERVATORY');
INSERT INTO raw.sb_summary VALUES ('uid://A002/Xf8f6a9/X2', 'SBSummary_1', 'uid://A001/X1/X1', 'uid://A001/X1/X1', 110.36752576194358, 6, 'OBSERVATORY');
INSERT INTO raw.sb_summary VALUES ('uid://A002/Xf8f6a9/X2', 'SBSummary_2', 'uid://A001/X2/X1', 'uid://A001/X2/X1', 124.64854430503475, 6, 'OBSERVATORY');
INSERT INTO raw.sb_summary VALUES ('uid://A002/Xf8f6a9/X2', 'SBSummary_3', 'uid://A001/X3/X1', 'uid://A001/X3/X1', 109.91311228550161, 6, 'OBSERVATORY');
INSERT INTO raw.scan VALUES ('uid://A002/Xf8f6a9/X15c79', 1, '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-1', 1);
INSERT INTO raw.scan VALUES ('uid://A002/Xf8f6a9/X15c79', 2, '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-2', 2);
INSERT INTO raw.scan VALUES ('uid://A002/Xf8f6a9/X15c79', 3, '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-3', 3);
INSERT INTO raw.scan VALUES ('uid://A002/Xf8f6a9/X2', 1, '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-1', 1);
INSERT INTO raw.scan VALUES ('uid://A002/Xf8f6a9/X2', 2, '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-2', 2);
INSERT INTO raw.scan VALUES ('uid://A002/Xf8f6a9/X2', 3, '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', '{CALIBRATE_ATMOSPHERE,CALIBRATE_ATMOSPHERE}', 'sourceName-3', 3);
INSERT INTO raw.source VALUES ('uid://A002/Xf8f6a9/X15c79', 1, '2022-05-23 05:20:00.000001+00', '2151-02-25 23:47:16.854775+00', 'SpectralWindow_1', 'sourceName-1', '{110.36752576194358,124.64854430503475}');
INSERT INTO raw.source VALUES ('uid://A002/Xf8f6a9/X15c79', 2, '2022-05-23 05:20:00.000002+00', '2151-02-25 23:47:16.854775+00', 'SpectralWindow_2', 'sourceName-2', '{109.91311228550161,60.90528305186917}');
INSERT INTO raw.source VALUES ('uid://A002/Xf8f6a9/X15c79', 3, '2022-05-23 05:20:00.000003+00', '2151-02-25 23:47:16.854775+00', 'SpectralWindow_3', 'sourceName-3', '{127.16067600019353,113.39123717092033}');
INSERT INTO raw.source VALUES ('uid://A002/Xf8f6a9/X2', 1, '2022-05-23 05:20:00.000001+00', '2151-02-25 23:47:16.854775+00', 'SpectralWindow_1', 'sourceName-1', '{110.36752576194358,124.64854430503475}');
INSERT INTO raw.source VALUES ('uid://A002/Xf8f6a9/X2', 2, '2022-05-23 05:20:00.000002+00', '2151-02-25 23:47:16.854775+00', 'SpectralWindow_2', 'sourceName-2', '{109.91311228550161,60.90528305186917}');
INSERT INTO raw.source VALUES ('uid://A002/Xf8f6a9/X2', 3, '2022-05-23 05:20:00.000003+00', '2151-02-25 23:47:16.854775+00', 'SpectralWindow_3', 'sourceName-3', '{127.16067600019353,113.39123717092033}');
INSERT INTO raw.spectral_window VALUES ('uid://A002/Xf8f6a9/X15c79', 'SpectralWindow_1', 'name-1', 'BB_1', 'USB', 1, 110.36752576194358, 60.90528305186917);
INSERT INTO raw.spectral_window VALUES ('uid://A002/Xf8f6a9/X15c79', 'SpectralWindow_2', 'name-2', 'BB_1', 'USB', 2, 124.64854430503475, 127.16067600019353);
INSERT INTO raw.spectral_window VALUES ('uid://A002/Xf8f6a9/X15c79', 'SpectralWindow_3', 'name-3', 'BB_1', 'USB', 3, 109.91311228550161, 113.39123717092033);
INSERT INTO raw.spectral_window VALUES ('uid://A002/Xf8f6a9/X2', 'SpectralWindow_1', 'name-1', 'BB_1', 'USB', 1, 110.36752576194358, 60.90528305186917);
INSERT INTO raw.spectral_window VALUES ('uid://A002/Xf8f6a9/X2', 'SpectralWindow_2', 'name-2', 'BB_1', 'USB', 2, 124.64854430503475, 127.16067600019353);
INSERT INTO raw.spectral_window VALUES ('uid://A002/Xf8f6a9/X2', 'SpectralWindow_3', 'name-3', 'BB_1', 'USB', 3, 109.91311228550161, 113.39123717092033);
INSERT INTO raw.station VALUES ('uid://A002/Xf8f6a9/X15c79', 'Station_1', 'name-1', 'ANTENNA_PAD', '{110.36752576194358,124.64854430503475,109.91311228550161}');
INSERT INTO raw.station VALUES ('uid://A002/Xf8f6a9/X15c79', 'Station_2', 'name-2', 'ANTENNA_PAD', '{60.90528305186917,127.16067600019353,113.39123717092033}');
INSERT INTO raw.station VALUES ('uid://A002/Xf8f6a9/X15c79', 'Station_3', 'name-3', 'ANTENNA_PAD', '{83.89140293919144,117.4335431258906,110.93717188558227}');
INSERT INTO raw.station VALUES ('uid://A002/Xf8f6a9/X2', 'Station_1', 'name-1', 'ANTENNA_PAD', '{110.36752576194358,124.64854430503475,109.91311228550161}');
INSERT INTO raw.station VALUES ('uid://A002/Xf8f6a9/X2', 'Station_2', 'name-2', 'ANTENNA_PAD', '{60.90528305186917,127.16067600019353,113.39123717092033}');
INSERT INTO raw.station VALUES ('uid://A002/Xf8f6a9/X2', 'Station_3', 'name-3', 'ANTENNA_PAD', '{83.89140293919144,117.4335431258906,110.93717188558227}');
INSERT INTO raw.subscan VALUES ('uid://A002/Xf8f6a9/X15c79', 1, 1, '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', 'fieldName-1', 'ON_SOURCE');
INSERT INTO raw.subscan VALUES ('uid://A002/Xf8f6a9/X15c79', 2, 2, '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', 'fieldName-2', 'ON_SOURCE');
INSERT INTO raw.subscan VALUES ('uid://A002/Xf8f6a9/X15c79', 3, 3, '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', 'fieldName-3', 'ON_SOURCE');
INSERT INTO raw.subscan VALUES ('uid://A002/Xf8f6a9/X2', 1, 1, '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', 'fieldName-1', 'ON_SOURCE');
INSERT INTO raw.subscan VALUES ('uid://A002/Xf8f6a9/X2', 2, 2, '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', 'fieldName-2', 'ON_SOURCE');
INSERT INTO raw.subscan VALUES ('uid://A002/Xf8f6a9/X2', 3, 3, '2022-05-23 05:20:00+00', '2022-05-23 05:20:00+00', 'fieldName-3', 'ON_SOURCE');
INSERT INTO raw.weather VALUES ('uid://A002/Xf8f6a9/X15c79', 'Station_1', '2022-05-23 05:20:00.000001+00', '2151-02-25 23:47:16.854775+00', 11036.752576194358, 60.90528305186917, 83.89140293919144, 77.90637738995, 108.82397489966579);
INSERT INTO raw.weather VALUES ('uid://A002/Xf8f6a9/X15c79', 'Station_2', '2022-05-23 05:20:00.000002+00', '2151-02-25 23:47:16.854775+00', 12464.854430503474, 127.16067600019353, 117.4335431258906, 95.11270156020842, 100.8526672394739);
INSERT INTO raw.weather VALUES ('uid://A002/Xf8f6a9/X15c79', 'Station_3', '2022-05-23 05:20:00.000003+00', '2151-02-25 23:47:16.854775+00', 10991.311228550161, 113.39123717092033, 110.93717188558227, 85.53642061960065, 116.40138959837341);
INSERT INTO raw.weather VALUES ('uid://A002/Xf8f6a9/X2', 'Station_1', '2022-05-23 05:20:00.000001+00', '2151-02-25 23:47:16.854775+00', 11036.752576194358, 60.90528305186917, 83.89140293919144, 77.90637738995, 108.82397489966579);
INSERT INTO raw.weather VALUES ('uid://A002/Xf8f6a9/X2', 'Station_2', '2022-05-23 05:20:00.000002+00', '2151-02-25 23:47:16.854775+00', 12464.854430503474, 127.16067600019353, 117.4335431258906, 95.11270156020842, 100.8526672394739);
INSERT INTO raw.weather VALUES ('uid://A002/Xf8f6a9/X2', 'Station_3', '2022-05-23 05:20:00.000003+00', '2151-02-25 23:47:16.854775+00', 10991.311228550161, 113.39123717092033, 110.93717188558227, 85.53642061960065, 116.40138959837341);
ALTER TABLE ONLY mart.decision
    ADD CONSTRAINT decision_pkey PRIMARY KEY (uid, decision_id);
ALTER TABLE ONLY mart.evaluation
    ADD CONSTRAINT evaluation_pkey PRIMARY KEY (uid);
ALTER TABLE ONLY mart.execution_block
    ADD CONSTRAINT execution_block_pkey PRIMARY KEY (uid);
ALTER TABLE ONLY mart.finding
    ADD CONSTRAINT finding_pkey PRIMARY KEY (uid, finding_id);
ALTER TABLE ONLY mart.invalid_value
    ADD CONSTRAINT invalid_value_pkey PRIMARY KEY (uid, receiver_band, baseband_name, antenna_name, cal_data_id, polarisation, quantity, kind);
ALTER TABLE ONLY mart.refresh
    ADD CONSTRAINT refresh_pkey PRIMARY KEY (uid, relation);
ALTER TABLE ONLY mart.scan_summary
    ADD CONSTRAINT scan_summary_pkey PRIMARY KEY (uid, receiver_band, baseband_name, antenna_name, cal_data_id);
ALTER TABLE ONLY mart.spectrum
    ADD CONSTRAINT spectrum_pkey PRIMARY KEY (uid, receiver_band, baseband_name, axis_id, quantity);
ALTER TABLE ONLY raw.antenna
    ADD CONSTRAINT antenna_pkey PRIMARY KEY (uid, antenna_id);
ALTER TABLE ONLY raw.asdm
    ADD CONSTRAINT asdm_pkey PRIMARY KEY (uid);
ALTER TABLE ONLY raw.cal_atmosphere
    ADD CONSTRAINT cal_atmosphere_pkey PRIMARY KEY (uid, receiver_band, baseband_name, antenna_name, cal_data_id);
ALTER TABLE ONLY raw.cal_data
    ADD CONSTRAINT cal_data_pkey PRIMARY KEY (uid, cal_data_id);
ALTER TABLE ONLY raw.cal_reduction
    ADD CONSTRAINT cal_reduction_pkey PRIMARY KEY (uid, cal_reduction_id);
ALTER TABLE ONLY raw.cal_wvr
    ADD CONSTRAINT cal_wvr_pkey PRIMARY KEY (uid, antenna_name, cal_data_id);
ALTER TABLE ONLY raw.exec_block
    ADD CONSTRAINT exec_block_pkey PRIMARY KEY (uid);
ALTER TABLE ONLY raw.field
    ADD CONSTRAINT field_pkey PRIMARY KEY (uid, field_id);
ALTER TABLE ONLY raw.invalid_value_raw
    ADD CONSTRAINT invalid_value_raw_pkey PRIMARY KEY (uid, receiver_band, baseband_name, antenna_name, cal_data_id, polarisation, quantity, kind);
ALTER TABLE ONLY raw.receiver
    ADD CONSTRAINT receiver_pkey PRIMARY KEY (uid, receiver_id, spectral_window_id, start_time);
ALTER TABLE ONLY raw.sb_summary
    ADD CONSTRAINT sb_summary_pkey PRIMARY KEY (uid, sb_summary_id);
ALTER TABLE ONLY raw.scan
    ADD CONSTRAINT scan_pkey PRIMARY KEY (uid, scan_number);
ALTER TABLE ONLY raw.source
    ADD CONSTRAINT source_pkey PRIMARY KEY (uid, source_id, start_time, spectral_window_id);
ALTER TABLE ONLY raw.spectral_window
    ADD CONSTRAINT spectral_window_pkey PRIMARY KEY (uid, spectral_window_id);
ALTER TABLE ONLY raw.station
    ADD CONSTRAINT station_pkey PRIMARY KEY (uid, station_id);
ALTER TABLE ONLY raw.subscan
    ADD CONSTRAINT subscan_pkey PRIMARY KEY (uid, scan_number, subscan_number);
ALTER TABLE ONLY raw.weather
    ADD CONSTRAINT weather_pkey PRIMARY KEY (uid, station_id, start_time);
CREATE INDEX decision_decided_at ON mart.decision USING btree (decided_at);
CREATE INDEX decision_status_uid_decided_at ON mart.decision USING btree (status, uid, decided_at);
CREATE INDEX decision_uid_decided_at_status ON mart.decision USING btree (uid, decided_at) INCLUDE (status);
CREATE INDEX evaluation_evaluated_at ON mart.evaluation USING btree (evaluated_at);
CREATE INDEX evaluation_uid_n_severe_n_warning ON mart.evaluation USING btree (uid) INCLUDE (n_severe, n_warning);
CREATE INDEX execution_block_start_time_uid ON mart.execution_block USING btree (start_time DESC NULLS LAST, uid);
CREATE INDEX refresh_refreshed_at ON mart.refresh USING btree (refreshed_at);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON mart.decision FOR EACH STATEMENT EXECUTE FUNCTION mart.decision_is_append_only();
