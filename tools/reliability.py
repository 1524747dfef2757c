"""Writes docs/reliability.md from what ``make attack`` left in bench/results/attack.json: ``python tools/reliability.py``."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reliability.md"
RESULTS = ROOT / "bench" / "results" / "attack.json"

INTRODUCTION = """\
# Reliability

<!-- Generated from bench/results/attack.json by tools/reliability.py; run `make attack`, then `make docs`. -->

`make attack` attacks the program, by a seed, and ends with exit code 1 where it does not hold. A short form of each part is in the tests.
`python bench/attack.py --parts files --share 0.01` runs a part, or a share of it. The limits that refuse a file are in
`python-lib/alma_qa0/asdm/limits.py`, what a number can be in `core/fields.py`.

What the program cannot take of an Execution Block - its file, its marts or its judgement - goes into the table `quarantine`, with the
reason. `alma-qa0 check` tells it. Nothing else waits for it. It is tried again when its file, its source or the program is another.
"""

# Of each part: the name, what it does, and its figures - a name, what it says, and what was asked for.
PARTS: dict[str, tuple[str, str, tuple[tuple[str, str, str], ...]]] = {
    "files": ("Changed files and hostile archives", "ASDMs in both encodings, tars and compressed tars with bytes changed, cut, repeated or"
              " replaced, and files that are cheap to make and would cost much, read as an ingest reads them.", (
                  ("attacks", "files", "100,000"), ("taken", "taken in", ""), ("refused", "refused by name", ""),
                  ("crashes", "errors that nobody foresaw", "0"), ("hangs", "more than 60 s of a processor", "0"),
                  ("silently_other", "taken with other values though a checksum could tell", "0"),
                  ("memory_beyond_start_mb", "MB of memory beyond the start, the most of all", "less than 300"),
                  ("longest_s", "seconds of a processor, the longest of all", ""))),
    "extremes": ("Extreme Execution Blocks", "Extreme values in any column of any table, between sound Execution Blocks; all are ingested,"
                 " refreshed and judged.", (
                     ("attacks", "Execution Blocks", "1,000"), ("taken", "taken in", ""), ("refused", "refused by name", ""),
                     ("not_refreshed", "taken in, and refused by the marts", ""), ("not_judged", "refreshed, and not judged", ""),
                     ("sound", "sound ones between them", ""), ("sound_stopped", "sound ones that were not judged", "0"))),
    "disk": ("Full disks", "Commands on a PostgreSQL whose disk, that of its data or that of its WAL, is too small; then it is made larger,"
             " and the command is repeated. Where no disk can be mounted none is tried.", (
                 ("attacks", "sizes", "30"), ("full", "of them full on the way", ""), ("wrong", "tables with wrong rows afterwards", "0"),
                 ("dead", "not usable by the next command", "0"))),
    "page": ("Forged requests and messages", "Links, hosts, origins, paths, headers, bodies and slow connections that no browser sends,"
             " and messages over the websocket that no page of ours sends, with scripts in comments; after"
             " each batch an honest reader looks.", (
                 ("attacks", "attacks", "4,000"), ("refused", "refused by the protocol; most others change nothing", ""),
                 ("decided", "comments taken, as text", ""), ("served_wrongly", "served wrongly", "0"),
                 ("tracebacks_shown", "answers that show the inside of the program", "0"),
                 ("dead", "the server gone, or honest readers unanswered", "0"))),
    "kills": ("Kill -9 at any moment", "Every command that writes, killed at a random moment - the command, the postmaster or a backend -"
              " and, in one of four, killed again when it is run again; then run until its end, and compared with an untouched run: files,"
              " rows, tables, keys, indexes and rights.", (
                  ("attacks", "kills", "300"), ("commands", "commands", ""),
                  ("wrong", "homes that an untouched run would have left otherwise", "0"),
                  ("repairs", "commands that, run again, did not do it", "0"), ("unforeseen", "ends without a sentence", "0"),
                  ("hangs", "commands that hung", "0"), ("processes_left", "homes with a process left in them", "0"),
                  ("longest_s", "seconds of a command that was run again, the longest", ""),
                  ("crashes", "crashes while decisions were made", "30"), ("decided", "decisions that were said to be kept", ""),
                  ("lost", "of these lost", "0"), ("at_once", "runs of four commands at once", "30"), ("failed", "of these failed", "0"))),
    "soak": ("A day's work in ten minutes", "Execution Blocks arrive, are ingested and judged; readers open the page over a websocket, work"
             " with it, decide and leave; PostgreSQL is stopped once and killed once.", (
                 ("seconds", "seconds", "600"), ("readers", "readers at a time", "50"),
                 ("attacks", "Execution Blocks arrived and judged", ""),
                 ("actions", "actions that were waited for", ""), ("late", "of these later than 10 s", "0"),
                 ("longest_s", "seconds of the longest", "10"), ("restarts", "restarts of the database", "2"),
                 ("decided", "decisions that were said to be kept", ""), ("not_kept", "refused with a sentence", ""),
                 ("lost", "lost", "0"), ("memory_at_first_mb", "MB of the server with the first readers", ""),
                 ("memory_at_end_mb", "MB of the server when all had left", "less than 100 more"),
                 ("documents_left", "pages left in its memory", "0"))),
}


def page(results: dict[str, Any]) -> str:
    """The text of the page."""
    return "\n".join([INTRODUCTION, *(_part(name, results[name]) for name in PARTS if name in results)])


def _part(name: str, result: dict[str, Any]) -> str:
    title, text, figures = PARTS[name]
    lines = [f"| {said} | {result['figures'][figure]:,} | {asked} |" for figure, said, asked in figures]
    faults = result["faults"]
    told = [] if not faults else ["", f"{len(faults)} faults:", "", *(f"- {fault}" for fault in faults)]
    return "\n".join([f"## {title}\n", f"{text} `make attack`, part `{name}`, seed {result['seed']}, {result['day']}.\n",
                      "| what | reached | asked for |", "|---|---|---|", *lines, *told, ""])


if __name__ == "__main__":
    PAGE.write_text(page(json.loads(RESULTS.read_text())))
