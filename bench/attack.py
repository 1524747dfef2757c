"""Attacks the program in parts, by a seed: ``python bench/attack.py [--parts files,extremes]``. Exit code 1 where it did not hold.

Each part is a module of attacks/ with ``run(seed, share, deadline, workers, say) -> Outcome`` and a line in PARTS. Figures go to
bench/results/attack.json, where those of parts that did not run stay; tools/reliability.py writes docs/reliability.md from them.
"""

import argparse
import json
import os
import sys
import time
from datetime import date
from pathlib import Path
from types import ModuleType

from attacks import disk, extremes, files, kills, page, soak
from attacks.outcome import Outcome

RESULTS = Path(__file__).parent / "results" / "attack.json"
PARTS: dict[str, ModuleType] = {"files": files, "extremes": extremes, "kills": kills, "disk": disk, "page": page, "soak": soak}


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    known = json.loads(options.results.read_text()) if options.results.exists() else {}
    end, faults = time.monotonic() + 60 * options.minutes, []
    for number, name in enumerate(options.parts):
        start = time.monotonic()
        share_of_time = (end - start) / (len(options.parts) - number)
        outcome = PARTS[name].run(seed=options.seed, share=options.share, deadline=start + share_of_time, workers=options.workers, say=_say)
        known[name] = _result(outcome, options, time.monotonic() - start)
        options.results.write_text(json.dumps(known, indent=2) + "\n")
        faults += [f"{name}: {fault}" for fault in outcome.faults]
        print(f"{name}: {', '.join(f'{value:,} {what}' for what, value in outcome.figures.items())}")
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


def _result(outcome: Outcome, options: argparse.Namespace, seconds: float) -> dict[str, object]:
    return {"day": date.today().isoformat(), "seed": options.seed, "seconds": round(seconds), "cores": os.cpu_count(),
            "figures": dict(outcome.figures), "faults": list(outcome.faults)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--parts", type=_parts, default=tuple(PARTS), metavar=",".join(PARTS), help="default: all")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same attacks (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=60, help="in all; the parts share them (default: %(default)s)")
    parser.add_argument("--share", type=float, default=1, help="how much of each part, such as 0.01 (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="attacks at a time (default: %(default)s)")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FILE", help="default: bench/results/attack.json")
    return parser


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(text.split(","))
    if not set(parts) <= set(PARTS):
        raise argparse.ArgumentTypeError(f"{text!r} names no parts; expected some of {','.join(PARTS)}")
    return parts


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
