"""Writes docs/performance.md from what ``make bench`` and ``make evaluate`` left in bench/results/: ``python tools/performance.py``."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"

INTRODUCTION = """\
# Performance

<!-- Generated from bench/results/ by tools/performance.py; run `make bench` and `make evaluate`, then `make docs`. -->

Medians, taken side by side in one run; the ratios hold from machine to machine, the times do not. A floor is the physical limit: the least
that any program must do for the same result.
"""


def page(results: dict[str, Any]) -> str:
    """The text of the page."""
    sections = (INTRODUCTION, _asdm(results["asdm"]), _ingest(results["ingest"]), _store(results["store"]), _page(results["page"]),
                _evaluation(results.get("evaluate")))
    return "\n".join(section for section in sections if section)


def _asdm(result: dict[str, Any]) -> str:
    rows = [(kind, f"{of['megabytes']:.1f} MB", _ms(of["seconds"]["floor"]), _ms(of["seconds"]["alma_qa0"]), f"{of['times_floor']:.1f}",
             f"{of['times_pyasdm']:.0f}", f"{of['rows_per_s']:,.0f}", f"{of['megabytes_per_s']:,.0f}")
            for kind, of in (("XML", result["xml"]), ("binary", result["binary"]))]
    return f"""## Reading CalAtmosphere

{result["table"]}; `python bench/bench_asdm.py`. The floor of XML is a C walk and a C text-to-float of the arrays that are kept, that of
binary a bare read of the bytes. Aims: 10 times (XML) and 30 times (binary) pyasdm, 1.5 floors. XML stays below 10 because its floor does;
binary above 1.5 floors because telling the rows apart costs milliseconds where reading them costs a few.

{_table(("encoding", "file", "floor", "alma-qa0", "floors", "times pyasdm", "rows/s", "MB/s"), rows)}"""


def _ingest(result: dict[str, Any]) -> str:
    steps = ("open", "read", "parse", "encode", "copy", "ingest")
    rows = [(kind, *(_ms(of["seconds"][step]) for step in steps), f"{of['times_floor']:.1f}")
            for kind, of in (("XML", result["xml"]), ("binary", result["binary"]))]
    return f"""## Taking one Execution Block in

{result["antennas"]} antennas, 1,376 rows, {result["channels"]} channels; `python bench/bench_ingest.py`. The floor is a bare COPY
of the same prepared bytes.

{_table(("encoding", "open", "read", "parse", "encode", "bare COPY", "whole", "floors"), rows)}"""


def _store(result: dict[str, Any]) -> str:
    made = [(source, *(f"{of[step]:.0f} ms" for step in ("stage", "scan_summary", "spectrum", "all", "refresh_nothing_to_do_ms")))
            for source, of in result["made_ms_per_eb"].items()]
    packed = [(layout, f"{of['build_ms']:.0f} ms", f"{of['read_ms']:.1f} ms", f"{of['megabytes']:.2f} MB")
              for layout, of in result["packing"].items()]
    read = [(what, f"{ms:.1f} ms") for what, ms in result["read_ms"].items()]
    return f"""## The marts

{result["ebs"]} Execution Blocks of {result["antennas"]} antennas, load average {result["load_average"]:.1f}; `python bench/bench_store.py`.
Made inside PostgreSQL, per Execution Block:

{_table(("source", "staging", "scan_summary", "spectrum", "all", "refresh with nothing to do"), made)}

Ways to keep the 2,752 spectra of one quantity of one Execution Block:

{_table(("layout", "build", "read", "on disk"), packed)}

What the page reads, and what the old page read of the same data:

{_table(("what", "time"), read)}"""


def _page(result: dict[str, Any]) -> str:
    about, aims = result["about"], result["aims"]
    names = (("page_open", "page open, empty cache", "page_open_ms"),
             ("page_open_again", "page open, browser's cache warm", "page_open_ms"),
             ("uid_change", "another Execution Block", "uid_change_ms"), ("all_spectra", "all 2,752 spectra", "all_spectra_ms"))
    rows = [(label, f"{result[name]['ms']:.0f} ms", f"{result[name]['fastest_ms']:.0f} to {result[name]['slowest_ms']:.0f} ms",
             f"{result[name]['server_cpu_ms']:.0f} / {result[name]['browser_cpu_ms']:.0f} ms", f"{result[name]['mb']:.2f} MB",
             f"{aims[aim]:.0f} ms") for name, label, aim in names]
    old = [(name.replace("_", " "), f"{of['ms']:.0f} ms") for name, of in result["old_page"].items()]
    memory, load = result["memory"]["different_ebs"]["mb_per_session"], about["load_average"][0]
    return f"""## The page

{about["execution_blocks"]} Execution Blocks in the marts ({about["marts_mb"]:,.0f} MB), headless Chromium without a GPU on
{about["cores"]} cores, load average {load:.1f} (above that number it was shared with others, and wall times
suffered); `python bench/bench_page.py`. From the
click to the last frame that drew on a plot:

{_table(("what", "median", "range", "CPU server / browser", "sent", "aim"), rows)}

Memory of one more open session: {memory:.1f} MB (aim: {aims["memory_mb_per_session"]}). What the old page did for another Execution
Block on an old table of {about["in_old_table"]} of them ({about["old_table_mb"]:,.0f} MB, no index), without drawing anything:

{_table(("the old page", "time"), old)}"""


def _evaluation(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    rows = [(name, size, of["n"], f"{of['recall']:.3f}", f"{of['baseline_recall']:.3f}")
            for name, sizes in result["faults"].items() for size, of in sizes.items()]
    clean = result["clean"]
    return f"""## The judgement

`make evaluate`: simulated Execution Blocks, on seeds that were not tuned on. The baseline are the six published Tsys flagging metrics with
their default limits. On {clean["n"]} clean ones: {clean["warnings_per_eb"]:.3f} false warnings and {clean["severe_per_eb"]:.3f} false
severe findings each; the baseline {clean["baseline_flags_per_eb"]:.3f} flags.

{_table(("fault", "size", "n", "found", "found by the baseline"), rows)}"""


def _table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(header)
    lines = [names, ["---"] * len(names), *(list(map(str, row)) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:,.0f} ms" if seconds >= 0.02 else f"{1e3 * seconds:.1f} ms"


if __name__ == "__main__":
    PAGE.write_text(page({path.stem: json.loads(path.read_text()) for path in (ROOT / "bench" / "results").glob("*.json")}))
