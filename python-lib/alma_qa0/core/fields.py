"""The one table of quantities: every column of every relation, with its type, unit, meaning and origin in the ASDM.

Parsing, the tables' definitions, the checks of the SQL, hover and axis labels and ``docs/data-model.md`` read from here.
Inside, everything is SI: Hz, K, m, Pa, s, rad; GHz, mm and minutes belong to the views.
"""

from dataclasses import dataclass, replace
from enum import Enum

from alma_qa0.core.array_size import USABLE_ANTENNA, USABLE_POLARISATION


class Kind(Enum):
    """The PostgreSQL type of a column."""

    TEXT = "text"
    TEXTS = "text[]"
    INTEGER = "integer"
    INTEGERS = "integer[]"
    BIGINT = "bigint"
    BOOLEAN = "boolean"
    BOOLEANS = "boolean[]"
    REAL = "real"
    DOUBLE = "double precision"
    DOUBLES = "double precision[]"
    SPECTRUM = "real[]"
    TIME = "timestamp with time zone"
    DATE = "date"
    BYTES = "bytea"


@dataclass(frozen=True, slots=True)
class Range:
    """What a number of the ASDM can be, both ends included, in the unit of its field; of a time ISO dates, without the last.

    Beyond, and where it is not finite, it has no physical meaning: it is null, or the EB is refused where it is ``needed``.
    """

    lowest: float | str
    highest: float | str
    needed: bool = False


_OBSERVED = Range("1970-01-01", "2100-01-01")  # a time that nobody set is 0, in 1858
_OBSERVED_NEEDED = Range("1970-01-01", "2100-01-01", needed=True)
_PRESSURE, _TEMPERATURE, _HUMIDITY = Range(1e4, 1.2e5), Range(150, 350), Range(0, 120)
_FREQUENCY = Range(0, 1e13)
FIRST_LAYOUT = "0.1.0"  # the first version of alma-qa0 that was in use
LONGEST_TEXT = 1_000  # characters of a text of the ASDM whose field says nothing else


@dataclass(frozen=True, slots=True)
class Field:
    """One column. ``source`` is ``Table.column`` of the ASDM where the value is copied from there; ``valid`` what it can be.

    ``longest`` is how many characters a text may have, as may each of several; None: any, but LONGEST_TEXT where the ASDM is read.
    ``largest`` is the largest number, from 0. What an astronomer writes the database itself holds to these two. ``since`` is the first
    version of alma-qa0 whose tables have it; None: all.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str | None = None
    source: str | None = None
    valid: Range | None = None
    longest: int | None = None
    largest: float | None = None
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """What a table is sought by beside its key. ``newest_first``: its first column descends, rows without a value last.

    ``beside`` are columns that stand in it so that the table itself need not be read.
    """

    columns: tuple[str, ...]
    newest_first: bool = False
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """One table of the database: what a row is, the columns that name it, and its fields in order.

    The rows of one that is ``append_only`` are never changed or taken out: the database refuses. ``by_month`` is the time by whose
    month the table lies in partitions, if it is told to: where it grows too large for one. ``since`` is the first version of alma-qa0
    that has it. ``sources`` are those that a mart can be made from: of another it has no rows.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    append_only: bool = False
    indexes: tuple[Index, ...] = ()
    by_month: str | None = None
    since: str = FIRST_LAYOUT
    sources: tuple[str, ...] = ("asdm", "production")

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def first_layout(self) -> "Relation":
        """The relation as version 0.1.0 made its table."""
        return replace(self, fields=tuple(field for field in self.fields if field.since is None))

    @property
    def asdm_table(self) -> str:
        """The table of the ASDM that a raw relation is read from."""
        return next(field.source or "" for field in self.fields if field.source and field.name != "uid").partition(".")[0]

    @property
    def layout(self) -> str:
        """The version of alma-qa0 that gave it its present columns."""
        return max((self.since, *(field.since for field in self.fields if field.since)), key=version_parts)


def version_parts(version: str) -> tuple[int, ...]:
    """The numbers of a version such as 0.2.0, to be compared."""
    return tuple(int(part) for part in version.split("."))


UID = Field("uid", Kind.TEXT, "Execution Block", source="ExecBlock.execBlockUID")
_BAND = Field("receiver_band", Kind.INTEGER, "receiver band, 1 to 10", source="CalAtmosphere.receiverBand")
_BASEBAND = Field("baseband_name", Kind.TEXT, "baseband, BB_1 to BB_4", source="CalAtmosphere.basebandName")
_ANTENNA = Field("antenna_name", Kind.TEXT, "antenna, such as DA41", source="CalAtmosphere.antennaName")
_CAL_DATA = Field("cal_data_id", Kind.TEXT, "key of the calibration inside its EB; its number is a row counter and no scan",
                  source="CalAtmosphere.calDataId")
_SCAN = Field("scan_number", Kind.INTEGER, "scan; the first of CalData.scanSet; null where the source does not say",
              source="CalData.scanSet")


def _per_polarisation(
    name: str, kind: Kind, meaning: str, unit: str | None, source: str | None = None, *, since: str | None = None,
) -> tuple[Field, Field]:
    return (
        Field(f"{name}_x", kind, f"{meaning}, polarisation X", unit, source, since=since),
        Field(f"{name}_y", kind, f"{meaning}, polarisation Y; null in single-polarisation data", unit, source, since=since),
    )


_UNREAD = Field("unread_tables", Kind.TEXTS, "tables of the ASDM, ascending, that were not read when the EB was taken in, or not with all"
                " columns; null where the source is no ASDM", since="0.2.0")

# --- raw: the tables of the ASDM that QA0 reads, one relation per table, rows keyed by uid ---------------------------------

ASDM = Relation("asdm", "one row per Execution Block taken in", ("uid",), (
    UID,
    Field("schema_version", Kind.INTEGER, "version of the ASDM schema, 2 to 4"),
    Field("content_hash", Kind.TEXT, "digest of the files that were read; equal when nothing changed"),
    Field("simulated", Kind.BOOLEAN, "made by the simulator, not by the observatory", source="ExecBlock.observerName"),
    Field("ingested_at", Kind.TIME, "when it was taken in"),
    Field("n_readings", Kind.INTEGER, "how often these files were read; null where version 0.1.0 did", since="0.2.0"),
    Field("calibrations_removed_at", Kind.TIME, "when its calibrations were taken out of the raw tables; null where they are there",
          since="0.2.0"),
))
INTAKE = Relation("intake", "one row per EB x raw relation that was read; where there is none, version 0.1.0 read all that it knew",
                  ("uid", "relation"), (
    UID,
    Field("relation", Kind.TEXT, "raw relation"),
    Field("reader_version", Kind.TEXT, "version of alma-qa0 that gave the relation the columns it was read with"),
    Field("n_rows", Kind.INTEGER, "rows that ASDM.xml counts of the table; null where the ASDM has no such table"),
    Field("content_hash", Kind.TEXT, "digest of the table's files, of a table that asdm.content_hash leaves out; else null"),
), since="0.2.0")
EXEC_BLOCK = Relation("exec_block", "one row per Execution Block", ("uid",), (
    UID,
    Field("project_uid", Kind.TEXT, "project", source="ExecBlock.projectUID"),
    Field("sb_summary_id", Kind.TEXT, "key into sb_summary", source="ExecBlock.sBSummaryId"),
    Field("start_time", Kind.TIME, "start", source="ExecBlock.startTime", valid=_OBSERVED_NEEDED),
    Field("end_time", Kind.TIME, "end", source="ExecBlock.endTime", valid=_OBSERVED),
    Field("exec_block_number", Kind.INTEGER, "count of this execution of its Scheduling Block", source="ExecBlock.execBlockNum"),
    Field("config_name", Kind.TEXT, "array configuration", source="ExecBlock.configName"),
    Field("array_name", Kind.TEXT, "array, such as Array11-BLC", source="ExecBlock.arrayName"),
    Field("telescope_name", Kind.TEXT, "telescope", source="ExecBlock.telescopeName"),
    Field("observer_name", Kind.TEXT, "observer", source="ExecBlock.observerName"),
    Field("aborted", Kind.BOOLEAN, "stopped before its end", source="ExecBlock.aborted"),
    Field("n_antennas", Kind.INTEGER, "antennas in the array", source="ExecBlock.numAntenna"),
    Field("antenna_ids", Kind.TEXTS, "keys into antenna", source="ExecBlock.antennaId"),
    Field("baseline_min_m", Kind.DOUBLE, "shortest baseline", "m", "ExecBlock.baseRangeMin", valid=Range(0, 1e6)),
    Field("baseline_max_m", Kind.DOUBLE, "longest baseline", "m", "ExecBlock.baseRangeMax", valid=Range(0, 1e6)),
))
SB_SUMMARY = Relation("sb_summary", "one row per EB x Scheduling Block summary", ("uid", "sb_summary_id"), (
    UID,
    Field("sb_summary_id", Kind.TEXT, "key inside the EB", source="SBSummary.sBSummaryId"),
    Field("sb_uid", Kind.TEXT, "Scheduling Block", source="SBSummary.sbSummaryUID"),
    Field("project_uid", Kind.TEXT, "project", source="SBSummary.projectUID"),
    Field("representative_frequency_ghz", Kind.DOUBLE, "representative frequency, in the unit of the ASDM", "GHz", "SBSummary.frequency",
          valid=Range(1, 1e4)),
    Field("receiver_band", Kind.INTEGER, "receiver band, 1 to 10", source="SBSummary.frequencyBand"),
    Field("sb_type", Kind.TEXT, "type of the Scheduling Block", source="SBSummary.sbType"),
))
ANTENNA = Relation("antenna", "one row per EB x antenna", ("uid", "antenna_id"), (
    UID,
    Field("antenna_id", Kind.TEXT, "key inside the EB", source="Antenna.antennaId"),
    Field("antenna_name", Kind.TEXT, "antenna, such as DA41", source="Antenna.name"),
    Field("antenna_make", Kind.TEXT, "manufacturer", source="Antenna.antennaMake"),
    Field("dish_diameter_m", Kind.DOUBLE, "diameter of the dish", "m", "Antenna.dishDiameter", valid=Range(1, 100)),
    Field("station_id", Kind.TEXT, "key into station", source="Antenna.stationId"),
))
STATION = Relation("station", "one row per EB x pad or weather station", ("uid", "station_id"), (
    UID,
    Field("station_id", Kind.TEXT, "key inside the EB", source="Station.stationId"),
    Field("station_name", Kind.TEXT, "pad, such as A001", source="Station.name"),
    Field("station_type", Kind.TEXT, "antenna pad, maintenance pad or weather station", source="Station.type"),
    Field("position_m", Kind.DOUBLES, "position x, y, z", "m", "Station.position", valid=Range(-1e7, 1e7)),
))
SCAN = Relation("scan", "one row per EB x scan", ("uid", "scan_number"), (
    UID,
    Field("scan_number", Kind.INTEGER, "scan", source="Scan.scanNumber"),
    Field("start_time", Kind.TIME, "start", source="Scan.startTime", valid=_OBSERVED),
    Field("end_time", Kind.TIME, "end", source="Scan.endTime", valid=_OBSERVED),
    Field("scan_intents", Kind.TEXTS, "intents, such as CALIBRATE_ATMOSPHERE", source="Scan.scanIntent"),
    Field("source_name", Kind.TEXT, "source", source="Scan.sourceName"),
    Field("n_subscans", Kind.INTEGER, "subscans", source="Scan.numSubscan"),
))
SUBSCAN = Relation("subscan", "one row per EB x scan x subscan", ("uid", "scan_number", "subscan_number"), (
    UID,
    Field("scan_number", Kind.INTEGER, "scan", source="Subscan.scanNumber"),
    Field("subscan_number", Kind.INTEGER, "subscan inside its scan", source="Subscan.subscanNumber"),
    Field("start_time", Kind.TIME, "start", source="Subscan.startTime", valid=_OBSERVED),
    Field("end_time", Kind.TIME, "end", source="Subscan.endTime", valid=_OBSERVED),
    Field("field_name", Kind.TEXT, "field", source="Subscan.fieldName"),
    Field("subscan_intent", Kind.TEXT, "intent, such as ON_SOURCE", source="Subscan.subscanIntent"),
))
SOURCE = Relation("source", "one row per EB x source x time interval x spectral window",
                  ("uid", "source_id", "start_time", "spectral_window_id"), (
    UID,
    Field("source_id", Kind.INTEGER, "key inside the EB", source="Source.sourceId"),
    Field("start_time", Kind.TIME, "start of validity", source="Source.timeInterval.start"),
    Field("end_time", Kind.TIME, "end of validity", source="Source.timeInterval.end"),
    Field("spectral_window_id", Kind.TEXT, "key into spectral_window", source="Source.spectralWindowId"),
    Field("source_name", Kind.TEXT, "source", source="Source.sourceName"),
    Field("direction_rad", Kind.DOUBLES, "right ascension, declination", "rad", "Source.direction", valid=Range(-100, 100)),
))
FIELD = Relation("field", "one row per EB x field", ("uid", "field_id"), (
    UID,
    Field("field_id", Kind.TEXT, "key inside the EB", source="Field.fieldId"),
    Field("field_name", Kind.TEXT, "field", source="Field.fieldName"),
    Field("source_id", Kind.INTEGER, "key into source", source="Field.sourceId"),
))
SPECTRAL_WINDOW = Relation("spectral_window", "one row per EB x spectral window", ("uid", "spectral_window_id"), (
    UID,
    Field("spectral_window_id", Kind.TEXT, "key inside the EB", source="SpectralWindow.spectralWindowId"),
    Field("spectral_window_name", Kind.TEXT, "name", source="SpectralWindow.name"),
    Field("baseband_name", Kind.TEXT, "baseband", source="SpectralWindow.basebandName"),
    Field("net_sideband", Kind.TEXT, "sideband", source="SpectralWindow.netSideband"),
    Field("n_channels", Kind.INTEGER, "channels", source="SpectralWindow.numChan"),
    Field("reference_frequency_hz", Kind.DOUBLE, "reference frequency", "Hz", "SpectralWindow.refFreq", valid=_FREQUENCY),
    Field("bandwidth_hz", Kind.DOUBLE, "total bandwidth", "Hz", "SpectralWindow.totBandwidth", valid=_FREQUENCY),
))
RECEIVER = Relation("receiver", "one row per EB x receiver x spectral window x time interval",
                    ("uid", "receiver_id", "spectral_window_id", "start_time"), (
    UID,
    Field("receiver_id", Kind.INTEGER, "key inside the EB", source="Receiver.receiverId"),
    Field("spectral_window_id", Kind.TEXT, "key into spectral_window", source="Receiver.spectralWindowId"),
    Field("start_time", Kind.TIME, "start of validity", source="Receiver.timeInterval.start"),
    Field("end_time", Kind.TIME, "end of validity", source="Receiver.timeInterval.end"),
    Field("receiver_band", Kind.INTEGER, "receiver band, 1 to 10", source="Receiver.frequencyBand"),
    Field("receiver_sideband", Kind.TEXT, "sidebands received: DSB, SSB, TSB or NOSB", source="Receiver.receiverSideband"),
    Field("lo_frequencies_hz", Kind.DOUBLES, "local oscillators", "Hz", "Receiver.freqLO", valid=_FREQUENCY),
))
CAL_DATA = Relation("cal_data", "one row per EB x calibration", ("uid", "cal_data_id"), (
    UID,
    Field("cal_data_id", Kind.TEXT, "key inside the EB; its number is a row counter and no scan", source="CalData.calDataId"),
    Field("cal_type", Kind.TEXT, "type, such as CAL_ATMOSPHERE", source="CalData.calType"),
    Field("start_time", Kind.TIME, "start of the data used", source="CalData.startTimeObserved", valid=_OBSERVED),
    Field("end_time", Kind.TIME, "end of the data used", source="CalData.endTimeObserved", valid=_OBSERVED),
    Field("scan_numbers", Kind.INTEGERS, "scans whose data were used", source="CalData.scanSet"),
))
CAL_REDUCTION = Relation("cal_reduction", "one row per EB x reduction", ("uid", "cal_reduction_id"), (
    UID,
    Field("cal_reduction_id", Kind.TEXT, "key inside the EB", source="CalReduction.calReductionId"),
    Field("time_reduced", Kind.TIME, "when it was reduced", source="CalReduction.timeReduced", valid=_OBSERVED),
    Field("software", Kind.TEXT, "software", source="CalReduction.software"),
    Field("software_version", Kind.TEXT, "its version", source="CalReduction.softwareVersion"),
    Field("messages", Kind.TEXT, "its messages", source="CalReduction.messages", longest=1_000_000),
))
CAL_ATMOSPHERE = Relation(
    "cal_atmosphere",
    "one row per EB x antenna x receiver band x baseband x calibration; an invalid value is null, its kind is in invalid_value_raw",
    ("uid", "receiver_band", "baseband_name", "antenna_name", "cal_data_id"), (
    UID, _BAND, _BASEBAND, _ANTENNA, _CAL_DATA,
    Field("cal_reduction_id", Kind.TEXT, "key into cal_reduction", source="CalAtmosphere.calReductionId"),
    Field("start_valid_time", Kind.TIME, "start of validity", source="CalAtmosphere.startValidTime", valid=_OBSERVED_NEEDED),
    Field("ground_pressure_pa", Kind.DOUBLE, "pressure on the ground", "Pa", "CalAtmosphere.groundPressure", valid=_PRESSURE),
    Field("ground_temperature_k", Kind.DOUBLE, "temperature on the ground", "K", "CalAtmosphere.groundTemperature", valid=_TEMPERATURE),
    Field("ground_relative_humidity", Kind.DOUBLE, "relative humidity on the ground", "%", "CalAtmosphere.groundRelHumidity",
          valid=_HUMIDITY),
    Field("n_channels", Kind.INTEGER, "channels of the spectra", source="CalAtmosphere.numFreq"),
    Field("frequency_hz", Kind.DOUBLES, "frequency of each channel, ascending or descending; may join several spectral windows", "Hz",
          "CalAtmosphere.frequencySpectrum"),
    *_per_polarisation("trec", Kind.DOUBLE, "receiver temperature Trx", "K", "CalAtmosphere.tRec"),
    *_per_polarisation("tsys", Kind.DOUBLE, "system temperature Tsys", "K", "CalAtmosphere.tSys"),
    *_per_polarisation("tatm", Kind.DOUBLE, "temperature of the atmosphere", "K", "CalAtmosphere.tAtm"),
    *_per_polarisation("tau", Kind.DOUBLE, "opacity of the atmosphere", None, "CalAtmosphere.tau"),
    *_per_polarisation("water", Kind.DOUBLE, "precipitable water vapour", "m", "CalAtmosphere.water"),
    *_per_polarisation("trec_spectrum", Kind.SPECTRUM, "receiver temperature Trx of each channel", "K", "CalAtmosphere.tRecSpectrum"),
    *_per_polarisation("tsys_spectrum", Kind.SPECTRUM, "system temperature Tsys of each channel", "K", "CalAtmosphere.tSysSpectrum"),
    *_per_polarisation("tatm_spectrum", Kind.SPECTRUM, "temperature of the atmosphere of each channel", "K", "CalAtmosphere.tAtmSpectrum"),
    *_per_polarisation("tau_spectrum", Kind.SPECTRUM, "opacity of each channel", None, "CalAtmosphere.tauSpectrum"),
), by_month="start_valid_time")
CAL_WVR = Relation("cal_wvr", "one row per EB x antenna x water-vapour radiometer calibration", ("uid", "antenna_name", "cal_data_id"), (
    UID,
    Field("antenna_name", Kind.TEXT, "antenna", source="CalWVR.antennaName"),
    Field("cal_data_id", Kind.TEXT, "key into cal_data", source="CalWVR.calDataId"),
    Field("start_valid_time", Kind.TIME, "start of validity", source="CalWVR.startValidTime", valid=_OBSERVED),
    Field("water_m", Kind.DOUBLE, "precipitable water vapour; null where invalid", "m", "CalWVR.water"),
))
WEATHER = Relation("weather", "one row per EB x weather station x time interval", ("uid", "station_id", "start_time"), (
    UID,
    Field("station_id", Kind.TEXT, "key into station", source="Weather.stationId"),
    Field("start_time", Kind.TIME, "start", source="Weather.timeInterval.start"),
    Field("end_time", Kind.TIME, "end", source="Weather.timeInterval.end"),
    Field("pressure_pa", Kind.DOUBLE, "pressure", "Pa", "Weather.pressure", valid=_PRESSURE),
    Field("relative_humidity", Kind.DOUBLE, "relative humidity", "%", "Weather.relHumidity", valid=_HUMIDITY),
    Field("temperature_k", Kind.DOUBLE, "temperature", "K", "Weather.temperature", valid=_TEMPERATURE),
    Field("wind_speed_m_s", Kind.DOUBLE, "wind speed", "m/s", "Weather.windSpeed", valid=Range(0, 100)),
    Field("wind_direction_rad", Kind.DOUBLE, "wind direction", "rad", "Weather.windDirection", valid=Range(-400, 400)),
))
_INVALID_FIELDS = (
    Field("polarisation", Kind.TEXT, "X or Y"),
    Field("quantity", Kind.TEXT, "trec, tsys, tatm, tau, water, or the spectrum of one, such as trec_spectrum; or frequency_hz"),
    Field("kind", Kind.TEXT, "why it is invalid: no_solution (-1), zero, negative, not_finite, sentinel (water of exactly 1 m),"
          " out_of_range (beyond all that the quantity can be), or"
          " wrong_length (a spectrum that does not fit its frequency axis)"),
    Field("n_values", Kind.INTEGER, "values concerned: 1 for a scalar, else channels"),
)
INVALID_VALUE_RAW = Relation(
    "invalid_value_raw", "one row per row of cal_atmosphere x polarisation x quantity x kind of invalid value",
    ("uid", "receiver_band", "baseband_name", "antenna_name", "cal_data_id", "polarisation", "quantity", "kind"),
    (UID, _BAND, _BASEBAND, _ANTENNA, _CAL_DATA, *_INVALID_FIELDS))

RAW = (ASDM, INTAKE, EXEC_BLOCK, SB_SUMMARY, ANTENNA, STATION, SCAN, SUBSCAN, SOURCE, FIELD, SPECTRAL_WINDOW, RECEIVER, CAL_DATA,
       CAL_REDUCTION, CAL_ATMOSPHERE, CAL_WVR, WEATHER, INVALID_VALUE_RAW)

READ = tuple(relation for relation in RAW if relation not in (ASDM, INTAKE))  # from a table of the ASDM each

# --- the old production table, as it is: one row per antenna x baseband x calibration, spectra as comma-separated text ------

PRODUCTION = Relation(
    "cal_atmosphere_production", "the old production table: one row per EB x antenna x baseband x calibration x receiver band x day",
    ("uid", "antennaname", "basebandname", "caldataid", "receiverband", "day"), (
    Field("uid", Kind.TEXT, "Execution Block"),
    Field("antennaname", Kind.TEXT, "antenna"),
    Field("basebandname", Kind.TEXT, "baseband"),
    Field("caldataid", Kind.TEXT, "key of the calibration inside its EB"),
    Field("receiverband", Kind.TEXT, "receiver band, such as ALMA_RB_06"),
    Field("day", Kind.DATE, "day of the calibration, UTC"),
    Field("startvalidtime", Kind.TIME, "start of validity"),
    *_per_polarisation("tatm", Kind.DOUBLE, "temperature of the atmosphere", "K"),
    *_per_polarisation("trec", Kind.DOUBLE, "receiver temperature Trx", "K"),
    *_per_polarisation("tsys", Kind.DOUBLE, "system temperature Tsys", "K"),
    Field("tau", Kind.DOUBLE, "opacity, one value for both polarisations"),
    Field("water", Kind.DOUBLE, "precipitable water vapour, one value for both polarisations", "m"),
    Field("is_outlier", Kind.BOOLEAN, "mark of an earlier outlier search"),
    Field("frequency_min", Kind.DOUBLE, "lowest frequency", "Hz"),
    Field("frequency_mid", Kind.DOUBLE, "middle frequency", "Hz"),
    Field("frequency_max", Kind.DOUBLE, "highest frequency", "Hz"),
    Field("frequencyspectrum", Kind.TEXT, "frequency of each channel, comma-separated", "Hz"),
    *_per_polarisation("trecspectrum", Kind.TEXT, "receiver temperature of each channel, comma-separated", "K"),
    *_per_polarisation("tsysspectrum", Kind.TEXT, "system temperature of each channel, comma-separated", "K"),
))

# --- staging: the one shape that both sources are turned into, made by sql/staging/ for one batch of EBs ------------------

STAGED_CAL_ATMOSPHERE = Relation(
    "staged_cal_atmosphere", "one row per EB x receiver band x baseband x antenna x calibration; an invalid value is null",
    ("uid", "receiver_band", "baseband_name", "antenna_name", "cal_data_id"), (
    UID, _BAND, _BASEBAND, _ANTENNA, _CAL_DATA, _SCAN,
    Field("scan_intents", Kind.TEXTS, "intents of the scan; null where the source does not say"),
    Field("source_name", Kind.TEXT, "source of the scan; null where the source does not say"),
    Field("start_valid_time", Kind.TIME, "start of validity"),
    Field("axis_id", Kind.TEXT, "digest of the frequency axis; null where a row has none"),
    Field("frequency_min_hz", Kind.DOUBLE, "lowest frequency", "Hz"),
    Field("frequency_max_hz", Kind.DOUBLE, "highest frequency", "Hz"),
    Field("n_channels", Kind.INTEGER, "channels"),
    Field("n_segments", Kind.INTEGER, "spectral windows joined"),
    Field("first_inside", Kind.INTEGER, "as in staged_frequency_axis"),
    Field("last_inside", Kind.INTEGER, "as in staged_frequency_axis"),
    Field("inside", Kind.BOOLEANS, "as in staged_frequency_axis; null where first_inside and last_inside say it"),
    *_per_polarisation("trec", Kind.DOUBLE, "receiver temperature Trx", "K"),
    *_per_polarisation("tsys", Kind.DOUBLE, "system temperature Tsys", "K"),
    *_per_polarisation("tatm", Kind.DOUBLE, "temperature of the atmosphere", "K"),
    *_per_polarisation("tau", Kind.DOUBLE, "opacity of the atmosphere", None),
    *_per_polarisation("water", Kind.DOUBLE, "precipitable water vapour", "m"),
    *_per_polarisation("trec_spectrum", Kind.SPECTRUM, "receiver temperature Trx of each channel", "K"),
    *_per_polarisation("tsys_spectrum", Kind.SPECTRUM, "system temperature Tsys of each channel", "K"),
    Field("n_invalid_scalars", Kind.INTEGER, "invalid scalars of the row"),
    Field("n_invalid_channels", Kind.INTEGER, "invalid channels of its spectra"),
))
STAGED_INVALID_VALUE = Relation(
    "staged_invalid_value", "one row per row of staged_cal_atmosphere x polarisation x quantity x kind of invalid value",
    INVALID_VALUE_RAW.key, (UID, _BAND, _BASEBAND, _ANTENNA, _CAL_DATA, _SCAN, *_INVALID_FIELDS))
STAGED_EXECUTION_BLOCK = Relation("staged_execution_block", "one row per EB: what its source says of it as a whole", ("uid",), (
    UID,
    Field("simulated", Kind.BOOLEAN, "made by the simulator, not by the observatory"),
    Field("project_uid", Kind.TEXT, "project"),
    Field("sb_uid", Kind.TEXT, "Scheduling Block"),
    Field("array_name", Kind.TEXT, "array, such as Array11-BLC"),
    Field("antenna_names", Kind.TEXTS, "antennas in the array, ascending"),
    Field("start_time", Kind.TIME, "start"),
    Field("end_time", Kind.TIME, "end"),
    Field("representative_frequency_hz", Kind.DOUBLE, "representative frequency; null where the source does not say", "Hz"),
    Field("source_names", Kind.TEXTS, "sources of the science target scans; null where the source does not say"),
    Field("water_m", Kind.DOUBLE, "median precipitable water vapour over CalWVR; null where there is none", "m"),
    Field("aborted", Kind.BOOLEAN, "stopped before its end; null where the source does not say"),
    Field("time_on_source_s", Kind.DOUBLE, "sum of the scans of the science target; null where the source does not say", "s"),
    _UNREAD,
))
STAGED_FREQUENCY_AXIS = Relation("staged_frequency_axis", "one row per EB x frequency axis", ("uid", "axis_id"), (
    UID,
    Field("axis_id", Kind.TEXT, "digest of the frequency axis"),
    Field("frequency_min_hz", Kind.DOUBLE, "lowest frequency", "Hz"),
    Field("frequency_max_hz", Kind.DOUBLE, "highest frequency", "Hz"),
    Field("n_channels", Kind.INTEGER, "channels"),
    Field("n_segments", Kind.INTEGER, "spectral windows joined"),
    Field("frequency_hz", Kind.DOUBLES, "frequency of each channel, in the order of the source", "Hz"),
    Field("inside", Kind.BOOLEANS, "for each channel, whether it is inside its spectral window, not at an edge"),
    Field("first_inside", Kind.INTEGER, "first channel inside, from 1; null where those inside are not one stretch"),
    Field("last_inside", Kind.INTEGER, "last channel inside; null where those inside are not one stretch"),
))
STAGED = (STAGED_EXECUTION_BLOCK, STAGED_CAL_ATMOSPHERE, STAGED_INVALID_VALUE, STAGED_FREQUENCY_AXIS)

# --- marts: what the page reads, made inside PostgreSQL by sql/marts/<name>.sql --------------------------------------------

EXECUTION_BLOCK = Relation("execution_block", "one row per Execution Block: what the UID list and the header show", ("uid",), (
    UID,
    Field("simulated", Kind.BOOLEAN, "made by the simulator, not by the observatory"),
    Field("project_uid", Kind.TEXT, "project"),
    Field("sb_uid", Kind.TEXT, "Scheduling Block"),
    Field("array_name", Kind.TEXT, "array, such as Array11-BLC"),
    Field("array_family", Kind.TEXT, "12-m, 7-m, TP or unknown, by its antennas"),
    Field("start_time", Kind.TIME, "start"),
    Field("end_time", Kind.TIME, "end"),
    Field("receiver_bands", Kind.INTEGERS, "receiver bands calibrated, ascending"),
    Field("representative_frequency_hz", Kind.DOUBLE, "representative frequency; null where the source does not say", "Hz"),
    Field("source_names", Kind.TEXTS, "sources of the science target scans"),
    Field("n_antennas", Kind.INTEGER, "antennas in the array"),
    Field("n_antennas_calibrated", Kind.INTEGER, "antennas with a valid Tsys in one calibration or more; evaluation says which are usable"),
    Field("n_calibrations", Kind.INTEGER, "atmosphere calibrations: scans with Tsys"),
    Field("n_rows", Kind.INTEGER, "rows of cal_atmosphere"),
    Field("n_invalid_values", Kind.INTEGER, "invalid scalars of Trx, Tsys, Tatm, tau and water"),
    Field("water_m", Kind.DOUBLE, "precipitable water vapour: median over CalWVR, or over CalAtmosphere where there is none", "m"),
    Field("tsys_k", Kind.DOUBLE, "median Tsys over antennas, receiver bands, basebands, polarisations and calibrations", "K"),
    Field("trec_k", Kind.DOUBLE, "median Trx over antennas, receiver bands, basebands, polarisations and calibrations", "K"),
    Field("aborted", Kind.BOOLEAN, "stopped before its end; null where the source does not say"),
    Field("time_on_source_s", Kind.DOUBLE, "sum of the scans of the science target; null where the source does not say", "s"),
    Field("search_text", Kind.TEXT, "what the search looks through: uid, project, Scheduling Block, array and sources in lower case"),
    _UNREAD,
), indexes=(Index(("start_time", "uid"), newest_first=True),))
SCAN_SUMMARY = Relation(
    "scan_summary", "one row per EB x receiver band x baseband x antenna x calibration (scan), X and Y side by side",
    ("uid", "receiver_band", "baseband_name", "antenna_name", "cal_data_id"), (
    UID, _BAND, _BASEBAND, _ANTENNA, _CAL_DATA, _SCAN,
    Field("scan_intents", Kind.TEXTS, "intents of the scan"),
    Field("source_name", Kind.TEXT, "source of the scan"),
    Field("start_valid_time", Kind.TIME, "start of validity"),
    Field("frequency_min_hz", Kind.DOUBLE, "lowest frequency", "Hz"),
    Field("frequency_max_hz", Kind.DOUBLE, "highest frequency", "Hz"),
    Field("n_channels", Kind.INTEGER, "channels"),
    Field("n_segments", Kind.INTEGER, "spectral windows joined in the row"),
    *_per_polarisation("trec", Kind.DOUBLE, "receiver temperature Trx", "K"),
    *_per_polarisation("tsys", Kind.DOUBLE, "system temperature Tsys", "K"),
    *_per_polarisation("tatm", Kind.DOUBLE, "temperature of the atmosphere", "K"),
    *_per_polarisation("tau", Kind.DOUBLE, "opacity of the atmosphere", None),
    *_per_polarisation("water", Kind.DOUBLE, "precipitable water vapour", "m"),
    *_per_polarisation("trec_median", Kind.REAL, "median of the Trx spectrum without band edges", "K"),
    *_per_polarisation("trec_mad", Kind.REAL, "median absolute deviation of the Trx spectrum without band edges", "K"),
    *_per_polarisation("tsys_median", Kind.REAL, "median of the Tsys spectrum without band edges", "K"),
    *_per_polarisation("tsys_mad", Kind.REAL, "median absolute deviation of the Tsys spectrum without band edges", "K"),
    Field("n_invalid_scalars", Kind.INTEGER, "invalid scalars of the row"),
    Field("n_invalid_channels", Kind.INTEGER, "invalid channels of its spectra"),
), by_month="start_valid_time")
SPECTRUM = Relation(
    "spectrum", "one row per EB x receiver band x baseband x frequency axis x quantity: all its spectra packed, ready to draw",
    ("uid", "receiver_band", "baseband_name", "axis_id", "quantity"), (
    UID, _BAND, _BASEBAND,
    Field("axis_id", Kind.TEXT, "digest of the frequency axis: calibrations tuned alike share one"),
    Field("quantity", Kind.TEXT, "trec or tsys", "K"),
    Field("start_valid_time", Kind.TIME, "start of validity of the first of its spectra"),
    Field("n_channels", Kind.INTEGER, "channels of each spectrum"),
    Field("n_spectra", Kind.INTEGER, "spectra in the pack"),
    Field("frequency_hz", Kind.DOUBLES, "frequency of each channel, in the order of the source", "Hz"),
    Field("antenna_names", Kind.TEXTS, "antenna of each spectrum"),
    Field("cal_data_ids", Kind.TEXTS, "calibration of each spectrum"),
    Field("polarisations", Kind.TEXTS, "polarisation of each spectrum, X or Y"),
    Field("packed", Kind.BYTES, "the spectra, one after the other, in the layout that store/queries.py reads; NaN where invalid", "K"),
), by_month="start_valid_time")
INVALID_VALUE = Relation(
    "invalid_value", "one row per row of scan_summary x polarisation x quantity x kind of invalid value",
    INVALID_VALUE_RAW.key,
    (UID, _BAND, _BASEBAND, _ANTENNA, _CAL_DATA, _SCAN, *_INVALID_FIELDS))

MARTS = (EXECUTION_BLOCK, SCAN_SUMMARY, SPECTRUM, INVALID_VALUE)

# --- judgement: what the rules find in an EB, made from the marts by jobs/judge.py -----------------------------------------

FINDING = Relation(
    "finding", "one row per EB x rule x place (antenna, baseband, polarisation, scan, as far as each applies)", ("uid", "finding_id"), (
    UID,
    Field("finding_id", Kind.TEXT, "the rule and the place, the same in every evaluation"),
    Field("rule_id", Kind.TEXT, "rule, as in docs/rules.md"),
    Field("severity", Kind.TEXT, "info, warning or severe"),
    Field("receiver_band", Kind.INTEGER, "receiver band, 1 to 10; null where it is no part of the place"),
    Field("antenna_name", Kind.TEXT, "antenna; null where it is no part of the place"),
    Field("baseband_name", Kind.TEXT, "baseband; null where it is no part of the place"),
    Field("polarisation", Kind.TEXT, "X or Y; null where it is no part of the place"),
    Field("cal_data_id", Kind.TEXT, "key of the calibration inside its EB; null where it is no part of the place"),
    Field("scan_number", Kind.INTEGER, "scan; null where it is no part of the place"),
    Field("quantity", Kind.TEXT, "what was judged: trec, tsys, tau, water and the like"),
    Field("metric", Kind.DOUBLE, "what was measured, in the unit of its own column; null where the rule measures nothing"),
    Field("unit", Kind.TEXT, "unit of metric and limit_value; null for a ratio or a count"),
    Field("limit_value", Kind.DOUBLE, "the limit that the metric went beyond; null where the rule has none"),
    Field("reference_value", Kind.DOUBLE, "what metric and limit_value are in terms of, in K for trec and tsys, in m for water: of a level"
          " what was expected, of a height in a spectrum its own level; null where they are in terms of nothing"),
    Field("basis", Kind.TEXT, "what it was held against: array_median, specification, own_past, public_criterion or own_limit"),
    Field("sentence", Kind.TEXT, "all of it in words"),
    Field("channels", Kind.INTEGERS, "first and last channel, from 0 and both included, of each stretch concerned; null for all"),
    Field("antenna_names", Kind.TEXTS, "antennas, ascending, of a finding that is about several; null for one antenna or the array itself",
          since="0.2.0"),
    Field("cause_id", Kind.TEXT, "finding_id of the finding that this one is folded under; null for a line of its own"),
    Field("n_parts", Kind.INTEGER, "findings folded under this one"),
))
EVALUATION = Relation("evaluation", "one row per EB: with which limits it was judged, and what came of it", ("uid",), (
    UID,
    Field("source_version", Kind.TEXT, "versions of the source of the marts that were judged"),
    Field("limits", Kind.TEXT, "every limit that it was judged with, as JSON"),
    Field("rules_version", Kind.TEXT, "digest of the rules"),
    Field("n_antennas", Kind.INTEGER, "antennas in the array"),
    Field("n_usable_antennas", Kind.INTEGER, f"usable antennas: {USABLE_POLARISATION}; {USABLE_ANTENNA}"),
    *_per_polarisation("unusable_antennas", Kind.TEXTS, "antennas, ascending, that are not usable", None, since="0.2.0"),
    Field("n_baselines", Kind.INTEGER, "baselines of the array in each polarisation: n (n - 1) / 2"),
    *_per_polarisation("n_usable_baselines", Kind.INTEGER, "baselines both of whose antennas are usable", None, since="0.2.0"),
    Field("nominal_antennas", Kind.INTEGER, "antennas that an array of this kind has as a rule; null where the kind is not known"),
    Field("pwv_octile", Kind.INTEGER, "octile of precipitable water vapour over the year, 1 (driest) to 8; null without water vapour"),
    Field("n_info", Kind.INTEGER, "findings of severity info that stand for themselves"),
    Field("n_warning", Kind.INTEGER, "findings of severity warning that stand for themselves"),
    Field("n_severe", Kind.INTEGER, "findings of severity severe that stand for themselves"),
    Field("evaluated_at", Kind.TIME, "when"),
), indexes=(Index(("uid",), beside=("n_severe", "n_warning")), Index(("evaluated_at",))))

JUDGEMENT = (FINDING, EVALUATION)

# --- decisions: what astronomers say of an EB; made by store/decisions.py and by nothing else --------------------------------

DECISION = Relation("decision", "one row per decision or comment about an Execution Block; a later decision supersedes, none overwrites",
                    ("uid", "decision_id"), (
    UID,
    Field("decision_id", Kind.TEXT, "name of the decision or comment, made at random"),
    Field("decided_at", Kind.TIME, "when, by the clock of the database; no two of an EB are at the same time"),
    Field("decided_by", Kind.TEXT, "who; at most 100 characters", longest=100),
    Field("status", Kind.TEXT, "Unset, Pending, Pass, SemiPass or Fail; null for a comment, which decides nothing"),
    Field("reasons", Kind.TEXTS, "the observatory's codes, such as QA0_WEATHER"),
    Field("comment", Kind.TEXT, "what the astronomer wrote; at most 4,000 characters", longest=4_000),
    Field("execution_fraction", Kind.DOUBLE, "how much of what was asked for was reached, 0 to 100; null where nobody said",
          largest=100.0),
    Field("findings", Kind.TEXT, "the findings that were seen, as JSON"),
    Field("limits", Kind.TEXT, "the limits with which they were found, as JSON"),
    Field("program_version", Kind.TEXT, "version of alma-qa0"),
    Field("supersedes", Kind.TEXT, "decision_id of the newest decision that was on the screen; null where there was none"),
    Field("source_version", Kind.TEXT, "versions of the marts on the screen; null where no page was looked at", since="0.2.0"),
    Field("evaluated_at", Kind.TIME, "the evaluation that was on the screen; null where there was none", since="0.2.0"),
), append_only=True, indexes=(
    Index(("uid", "decided_at"), beside=("status",)), Index(("status", "uid", "decided_at")), Index(("decided_at",))))

QUARANTINE = Relation(
    "quarantine", "one row per Execution Block x step (ingest, refresh, judge) that cannot be done with it; it keeps no other waiting",
    ("uid", "step"), (
    Field("uid", Kind.TEXT, "Execution Block; the path of a file that does not say of which it is"),
    Field("step", Kind.TEXT, "ingest, refresh or judge"),
    Field("path", Kind.TEXT, "file or folder; null where the step reads none"),
    Field("version", Kind.TEXT, "version of what was tried, and of the program that tried: another one is tried again"),
    Field("sentence", Kind.TEXT, "why, in words"),
    Field("failed_at", Kind.TIME, "when"),
), since="0.2.0")
REFRESH = Relation(
    "refresh", "one row per mart x Execution Block: from which version of the source its rows were made", ("uid", "relation"), (
    UID,
    Field("relation", Kind.TEXT, "mart; or source, in the row without a uid that keeps how often the old production table was changed"),
    Field("source", Kind.TEXT, "where its rows came from: asdm or production"),
    Field("source_version", Kind.TEXT, "version of the SQL, and of the source: its content hash, or a digest of the production rows"),
    Field("n_rows", Kind.INTEGER, "rows made"),
    Field("refreshed_at", Kind.TIME, "when"),
), indexes=(Index(("refreshed_at",)),))

OURS = (*RAW, *MARTS, REFRESH, *JUDGEMENT, DECISION, QUARANTINE)  # all but the old production table
