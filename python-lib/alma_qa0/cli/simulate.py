"""``alma-qa0 simulate``: ASDMs of a physical model, with faults on request."""

import argparse
from datetime import date
from pathlib import Path

from alma_qa0.cli.common import DONE, common_options, say
from alma_qa0.errors import BadSetting
from alma_qa0.settings import Settings


def add_to(commands) -> None:  # type: ignore[no-untyped-def]
    """Adds the command to the parser."""
    simulate = commands.add_parser("simulate", parents=[common_options()], help="write simulated ASDMs")
    simulate.add_argument("out", type=Path, metavar="OUT", help="the folder to write into")
    simulate.add_argument("--ebs", type=int, default=1, help="Execution Blocks (default: %(default)s)")
    simulate.add_argument("--seed", type=int, default=1, help="the same seed gives the same numbers (default: %(default)s)")
    simulate.add_argument("--bands", type=_bands, default=(3, 6, 7), help="receiver bands that take turns (default: 3,6,7)")
    simulate.add_argument("--antennas", type=int, default=43, help="antennas of the array (default: %(default)s)")
    simulate.add_argument("--array", choices=("12-m", "7-m", "TP"), default="12-m", help="(default: %(default)s)")
    simulate.add_argument("--scans", type=int, default=8, help="scans with Tsys (default: %(default)s)")
    simulate.add_argument("--channels", type=int, default=128, help="channels of a spectrum (default: %(default)s)")
    simulate.add_argument("--encoding", choices=("binary", "xml"), default="binary", help="(default: %(default)s)")
    simulate.add_argument("--first-night", type=_day, default="2025-07-01", metavar="YYYY-MM-DD", help="(default: %(default)s)")
    simulate.add_argument("--faults", nargs="+", default=(), metavar="FAULT", help="put into each: KIND[:SIZE][@ANTENNA/BASEBAND/"
                          "POLARISATION/SCANS/CHANNELS], such as birdie:0.3 or teeth:0.05@DV17/BB_2/X; what a place leaves open the seed "
                          "chooses, * is all of them; truth.json in each ASDM's folder says what was put where")
    simulate.set_defaults(command=_simulate)


def _simulate(_settings: Settings, options: argparse.Namespace) -> int:
    from alma_qa0.simulate.execution_block import simulate
    from alma_qa0.simulate.places import parse_faults

    _make_folder(options.out)
    simulate(options.out, ebs=options.ebs, seed=options.seed, bands=options.bands, antennas=options.antennas, kind=options.array,
             encoding=options.encoding, channels=options.channels, calibrations=options.scans, first_night=options.first_night,
             faults=parse_faults(" ".join(options.faults)), progress=lambda done, of, folder: say(f"{done}/{of} {folder}"))
    return DONE


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting("OUT", str(out), f"a folder, or a place where one can be made ({error.strerror})") from None


def _bands(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of receiver bands; expected one like 3,6,7") from None


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; expected one like 2025-07-01") from None
