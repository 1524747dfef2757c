"""The tables of the ASDM that QA0 reads: every column with its type, shape and key, enough to walk their binary rows.

Source: the ASDM schemas, version 3, with the columns that version 4 added; the 8-byte doubles as in the observatory's C++ code.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from typing import Literal

import numpy as np


class Type(Enum):
    """What a value is; the word that the table below uses for it."""

    TEXT = "text"
    TAG = "tag"  # the key of a row in another table, such as Antenna_0
    ENUM = "enum"  # a name out of a closed list, such as BB_1
    ENTITY = "entity"  # a reference to an archived document; its uid is kept
    INT = "int"
    FLOAT = "float"
    DOUBLE = "double"  # also Angle, Frequency, Length, Temperature, Pressure, Humidity, Speed and Flux
    BOOL = "bool"
    TIME = "time"  # nanoseconds since MJD 0
    INTERVAL = "interval"  # nanoseconds
    TIME_INTERVAL = "time_interval"  # two numbers in the file; start and duration when read


TEXTUAL = frozenset({Type.TEXT, Type.TAG, Type.ENUM, Type.ENTITY})
BINARY = {  # the numpy type of a value in a binary file, without its byte order
    Type.INT: "i4", Type.FLOAT: "f4", Type.DOUBLE: "f8", Type.BOOL: "u1", Type.TIME: "i8", Type.INTERVAL: "i8", Type.TIME_INTERVAL: "i8",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``shape`` has an entry per dimension of an array: the column that holds its length, or "_" where none does."""

    name: str
    type: Type
    shape: tuple[str, ...] = ()
    optional: bool = False
    since: int = 3

    @property
    def textual(self) -> bool:
        return self.type in TEXTUAL

    @property
    def item_shape(self) -> tuple[int, ...]:
        """The shape of one element: (2,) for an interval of time, else ()."""
        return (2,) if self.type is Type.TIME_INTERVAL else ()

    def dtype(self, byte_order: Literal["<", ">", "="] = "=") -> np.dtype:
        """The numpy type of one number of a binary file; ``byte_order`` is <, > or =."""
        return _dtype(self.type, byte_order)


@cache
def _dtype(kind: Type, byte_order: Literal["<", ">", "="]) -> np.dtype:
    return np.dtype(BINARY[kind]).newbyteorder(byte_order)


@dataclass(frozen=True)
class Table:
    """One table. ``columns`` are in the order of the XML schema; ``binary`` ones are in that of files that do not list theirs.

    The tables that version 0.1.0 read are ``hashed``: they make the content hash of an EB, which one more table does not change.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    hashed: bool = True

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def binary(self) -> tuple[Column, ...]:
        """The key, then the required columns, then the optional ones."""
        others = [column for column in self.columns if column.name not in self.key]
        return (*(self.by_name[name] for name in self.key), *sorted(others, key=lambda column: column.optional))

    @cached_property
    def required(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns if not column.optional)


# A line at the margin: a table and its key, with + before one that is not hashed. Below it name:type[shape], "?" if optional, "4" if new in
# version 4 of the schema.
_TABLES = """
ExecBlock execBlockId
    execBlockId:tag startTime:time endTime:time execBlockNum:int execBlockUID:entity projectUID:entity configName:text telescopeName:text
    observerName:text numObservingLog:int observingLog:text[_] sessionReference:entity baseRangeMin:double baseRangeMax:double
    baseRmsMinor:double baseRmsMajor:double basePa:double aborted:bool numAntenna:int releaseDate:time? schedulerMode:text?
    siteAltitude:double? siteLongitude:double? siteLatitude:double? observingScript:text? observingScriptUID:entity? arrayName:text?4
    antennaId:tag[numAntenna] sBSummaryId:tag scaleId:tag?
SBSummary sBSummaryId
    sBSummaryId:tag sbSummaryUID:entity projectUID:entity obsUnitSetUID:entity frequency:double frequencyBand:enum sbType:enum
    sbDuration:interval numObservingMode:int observingMode:text[_] numberRepeats:int numScienceGoal:int scienceGoal:text[_]
    numWeatherConstraint:int weatherConstraint:text[_] centerDirection:double[_]? centerDirectionCode:enum? centerDirectionEquinox:time?
Scan execBlockId scanNumber
    scanNumber:int startTime:time endTime:time numIntent:int numSubscan:int scanIntent:enum[_] calDataType:enum[_]
    calibrationOnLine:bool[_] calibrationFunction:enum[_]? calibrationSet:enum[_]? calPattern:enum[_]? numField:int? fieldName:text[_]?
    sourceName:text? execBlockId:tag
Subscan execBlockId scanNumber subscanNumber
    scanNumber:int subscanNumber:int startTime:time endTime:time fieldName:text subscanIntent:enum subscanMode:enum? numIntegration:int
    numSubintegration:int[_] correlatorCalibration:enum? execBlockId:tag
Antenna antennaId
    antennaId:tag name:text antennaMake:enum antennaType:enum dishDiameter:double position:double[_] offset:double[_] time:time
    assocAntennaId:tag? stationId:tag
Station stationId
    stationId:tag name:text position:double[_] type:enum time:time?
Source sourceId timeInterval spectralWindowId
    sourceId:int timeInterval:time_interval code:text direction:double[_] properMotion:double[_] sourceName:text directionCode:enum?
    directionEquinox:time? calibrationGroup:int? catalog:text? deltaVel:double? position:double[_]? numLines:int? transition:text[_]?
    restFrequency:double[_]? sysVel:double[_]? rangeVel:double[_]? sourceModel:enum? frequencyRefCode:enum? numFreq:int? numStokes:int?
    frequency:double[_]? frequencyInterval:double[_]? stokesParameter:enum[_]? flux:double[_,_]? fluxErr:double[_,_]?
    positionAngle:double[_]? positionAngleErr:double[_]? size:double[_,_]? sizeErr:double[_,_]? velRefCode:enum?
    dopplerVelocity:double[_]?4 dopplerReferenceSystem:enum?4 dopplerCalcType:enum?4 parallax:double[_]?4 spectralWindowId:tag
Field fieldId
    fieldId:tag fieldName:text numPoly:int delayDir:double[_,_] phaseDir:double[_,_] referenceDir:double[_,_] time:time? code:text?
    directionCode:enum? directionEquinox:time? assocNature:text? assocFieldId:tag? ephemerisId:int? sourceId:int?
SpectralWindow spectralWindowId
    spectralWindowId:tag basebandName:enum netSideband:enum numChan:int refFreq:double sidebandProcessingMode:enum totBandwidth:double
    windowFunction:enum numBin:int?4 chanFreqStart:double? chanFreqStep:double? chanFreqArray:double[_]? chanWidth:double?
    chanWidthArray:double[_]? correlationBit:enum? effectiveBw:double? effectiveBwArray:double[_]? freqGroup:int? freqGroupName:text?
    lineArray:bool[_]? measFreqRef:enum? name:text? oversampling:bool? quantization:bool? refChan:double? resolution:double?
    resolutionArray:double[_]? numAssocValues:int? assocNature:enum[_]? numFactor:int?4 numBinFactors:int[_]?4 numOrigFreqSlice:int?4
    originatingFrequencySlices:int[_]?4 quantizationBits:int?4 numRequantStage:int?4 requantization:bool[_]?4 requantizationBits:int[_]?4
    assocSpectralWindowId:tag[_]? dopplerId:int? imageSpectralWindowId:tag?
Receiver receiverId spectralWindowId timeInterval
    receiverId:int timeInterval:time_interval name:text numLO:int frequencyBand:enum freqLO:double[_] receiverSideband:enum
    sidebandLO:enum[_] spectralWindowId:tag
CalData calDataId
    calDataId:tag startTimeObserved:time endTimeObserved:time execBlockUID:entity calDataType:enum calType:enum numScan:int
    scanSet:int[numScan] assocCalDataId:tag? assocCalNature:enum? fieldName:text[_]? sourceName:text[_]? sourceCode:text[_]?
    scanIntent:enum[_]?
CalReduction calReductionId
    calReductionId:tag numApplied:int appliedCalibrations:text[_] numParam:int paramSet:text[_] numInvalidConditions:int
    invalidConditions:enum[_] timeReduced:time messages:text software:text softwareVersion:text
CalAtmosphere antennaName receiverBand basebandName calDataId calReductionId
    receiverBand:enum antennaName:text basebandName:enum startValidTime:time endValidTime:time numFreq:int numLoad:int numReceptor:int
    forwardEffSpectrum:float[numReceptor,numFreq] frequencyRange:double[_] groundPressure:double groundRelHumidity:double
    frequencySpectrum:double[numFreq] groundTemperature:double polarizationTypes:enum[numReceptor]
    powerSkySpectrum:float[numReceptor,numFreq] powerLoadSpectrum:float[numLoad,numReceptor,numFreq] syscalType:enum
    tAtmSpectrum:double[numReceptor,numFreq] tRecSpectrum:double[numReceptor,numFreq] tSysSpectrum:double[numReceptor,numFreq]
    tauSpectrum:float[numReceptor,numFreq] tAtm:double[numReceptor] tRec:double[numReceptor] tSys:double[numReceptor]
    tau:float[numReceptor] water:double[numReceptor] waterError:double[numReceptor] alphaSpectrum:float[numReceptor,numFreq]?
    forwardEfficiency:float[numReceptor]? forwardEfficiencyError:double[numReceptor]? sbGain:float[numReceptor]?
    sbGainError:float[numReceptor]? sbGainSpectrum:float[numReceptor,numFreq]? calDataId:tag calReductionId:tag
CalWVR antennaName calDataId calReductionId
    startValidTime:time endValidTime:time wvrMethod:enum antennaName:text numInputAntennas:int inputAntennaNames:text[_] numChan:int
    chanFreq:double[_] chanWidth:double[_] refTemp:double[_,_] numPoly:int pathCoeff:float[_,_,_] polyFreqLimits:double[_]
    wetPath:float[_] dryPath:float[_] water:double tauBaseline:float?4 calDataId:tag calReductionId:tag
Weather stationId timeInterval
    timeInterval:time_interval pressure:double? relHumidity:double? temperature:double? windDirection:double? windSpeed:double?
    windMax:double? dewPoint:double? numLayer:int? layerHeight:double[_]? temperatureProfile:double[_]? cloudMonitor:double? numWVR:int?
    wvrTemp:double[_]? water:double? stationId:tag
"""
_COLUMN = re.compile(r"(\w+):(\w+?)(?:\[([\w,]+)\])?(\?)?(4)?")


def _column(text: str) -> Column:
    match = _COLUMN.fullmatch(text)
    if match is None:
        raise ValueError(f"{text} is no column")
    name, kind, shape, optional, since = match.groups()
    return Column(name, Type(kind), tuple(shape.split(",")) if shape else (), bool(optional), int(since or 3))


def _tables(text: str) -> dict[str, Table]:
    tables = {}
    for block in re.split(r"\n(?=[\w+])", text.strip()):
        head, _, columns = block.partition("\n")
        name, *key = head.split()
        hashed, name = not name.startswith("+"), name.removeprefix("+")
        tables[name] = Table(name, tuple(key), tuple(_column(column) for column in columns.split()), hashed)
    return tables


TABLES = _tables(_TABLES)
"""The tables by name; ASDM, the table of tables, is read by folder.py."""
