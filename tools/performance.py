"""Writes docs/performance.md from what ``make bench`` and ``make evaluate`` left in bench/results/: ``python tools/performance.py``."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"

INTRODUCTION = """\
# Performance

<!-- Generated from bench/results/ by tools/performance.py; run `make bench bench-10gb bench-tables evaluate`, then `make docs`. -->

Medians, taken side by side in one run; the ratios hold from machine to machine, the times do not. A floor is the physical limit: the least
that any program must do for the same result.
"""


def page(results: dict[str, Any]) -> str:
    """The text of the page."""
    sections = (INTRODUCTION, _asdm(results["asdm"]), _ingest(results["ingest"]), _store(results["store"]), _page(results["page"]),
                _load(results.get("load")),
                _ten_gigabytes(results.get("10gb")), _partition(results.get("partition")), _upkeep(results.get("upkeep")),
                _judging(results.get("judge")),
                _evaluation(results.get("evaluate"), results.get("evaluate_rough")))
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
    made = [(source, *(f"{of[step]:.0f} ms" for step in ("scan_summary", "spectrum", "all", "refresh_nothing_to_do_ms")))
            for source, of in result["made_ms_per_eb"].items()]
    packed = [(layout, f"{of['build_ms']:.0f} ms", f"{of['read_ms']:.1f} ms", f"{of['megabytes']:.2f} MB")
              for layout, of in result["packing"].items()]
    read = [(what, f"{ms:.1f} ms") for what, ms in result["read_ms"].items()]
    return f"""## The marts

{result["ebs"]} Execution Blocks of {result["antennas"]} antennas, load average {result["load_average"]:.1f}; `python bench/bench_store.py`.
Made inside PostgreSQL, per Execution Block:

{_table(("source", "scan_summary alone", "spectrum alone", "all at once", "refresh with nothing to do"), made)}

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


_BUILDS = {"floor": "the floor: text to real[], nothing else", "all_marts": "alma-qa0: all four marts",
           "scan_summary": "alma-qa0: scan_summary alone", "duckdb": "DuckDB: the medians and deviations of scan_summary",
           "polars": "Polars: the same"}


def _ten_gigabytes(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    about, sample, aims = result["about"], result["sample"], result["aims"]
    arrival, reading = result["arrival"], result["reading"]
    arrivals = [(number, *(_ms(arrival[name][step]) for step in ("refresh", "judge", "all")))
                for number, name in ((about["ebs"], "many"), (arrival["n_few"], "few"))]
    sizes = [(name, *(f"{of[part]:,.1f} MB" for part in ("rows", "beside", "indexes", "all"))) for name, of in result["sizes_mb"].items()]
    return f"""## Ten gigabytes

`make bench-10gb`: the old production table with {about["ebs"]} Execution Blocks, {about["rows"]:,} rows of five text spectra, in the
embedded PostgreSQL; {about["cores"]} cores, {about["memory_gb"]} GB, load average {about["load_average"]}. Each build
begins with nothing and uses every core: once with all Execution Blocks, then {sample["rounds"]} times by turns with {sample["ebs"]} of them
(medians). Aim: {aims["floors"]} floors. What DuckDB and Polars find is written into a table of the same database, as the mart is; they
do not pack spectra, look for invalid values or keep books.

{_table(("build", "all", "floors", f"{sample['ebs']} EBs", "floors", "floors of processor time", "memory: process / backends"),
        _builds(result["whole"], sample))}
{_beyond_the_floor(result["whole"])}

What they find, beside ours: {_same(result["same"])}. Judging all took {_s(result["judged"]["seconds"])}.

One new Execution Block arrives: from its rows in the table to its summary, judgement and place in the UID list. Aim:
{aims["arrival_s"]} s, and with many there at most {aims["arrival_ratio"]} times as long as with few; here {arrival["ratio"]} times.

{_table(("with so many there", "refresh", "judging", "both"), arrivals)}
What the page reads. Aims: {aims["list_800_ms"]} ms for the list of {about["ebs"]} and {aims["list_100000_ms"]} ms for that of
100,000; for the data of a page, spectra of both quantities included, {aims["times_psql"]} times what psql takes to copy the same rows (here
{reading["times_psql"]}), and {aims["times_old"]} times less than the old way, which read the whole table five times without an index
and had pandas split the text (here {reading["times_old"]:,.0f}).

{_table(("what", "time"), [(name, f"{ms:,.1f} ms") for name, ms in reading["ms"].items()])}
On disk, rows and what is laid beside them apart:

{_table(("table", "rows", "beside", "indexes", "all"), sizes)}"""


def _builds(whole: dict[str, Any], sample: dict[str, Any]) -> list[tuple[str, ...]]:
    return [(label, _s(whole[name]["seconds"]), f"{whole[name]['seconds'] / whole['floor']['seconds']:.1f}", _s(sample["seconds"][name]),
             f"{sample['seconds'][name] / sample['seconds']['floor']:.1f}", f"{sample['cpu_s'][name] / sample['cpu_s']['floor']:.1f}",
             f"{whole[name]['process_peak_mb']:,.0f} / {whole[name]['backends_peak_mb']:,.0f} MB") for name, label in _BUILDS.items()]


def _beyond_the_floor(whole: dict[str, Any]) -> str:
    seconds = {name: of["seconds"] for name, of in whole.items()}
    floor, rivals = seconds["floor"], {"DuckDB": seconds["duckdb"], "Polars": seconds["polars"]}
    behind = [f"{floor / s:.1f} times what {name} takes for all that it does" for name, s in rivals.items() if floor > s]
    limit = f" The floor is {' and '.join(behind)}: what converts the text inside PostgreSQL cannot be ahead." if behind else ""
    return (f"Beyond the floor all marts take {_s(seconds['all_marts'] - floor)}; scan_summary alone, which is what the others make,"
            f" {_s(seconds['scan_summary'] - floor)}, most of it for sorting: each median, and each deviation, sorts its channels.{limit}")


def _same(same: dict[str, Any]) -> str:
    return "; ".join(f"{name}, {of['rows']:,} rows, of which {of['rows_of_one_only']} and {of['values_of_one_only']} values are there on"
                     f" one side only, largest relative difference {of['largest_relative_difference']:.0e}" for name, of in same.items())


def _s(seconds: float) -> str:
    return f"{seconds:,.1f} s"


def _judging(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    one, many, aims = result["one"], result["many"], result["aims"]
    steps = [(name[:-2].replace("_", " "), _ms(seconds)) for name, seconds in one.items()]
    return f"""## Judging

Execution Blocks of {result["antennas"]} antennas x 4 basebands x 8 scans, {result["channels"]} channels, load average
{result["load_average"]:.1f}; `python bench/bench_judge.py`. One of them, after its summary (aim: {1e3 * aims["one_s"]:.0f} ms):

{_table(("step", "time"), steps)}

{result["ebs"]} of them, {result["workers"]} at a time: {_ms(many["judge_s"])} each, {many["times_spectrum"]} times what `spectrum` took to
build ({_ms(many["spectrum_s"])} each; aim: {aims["times_spectrum"]:g} times).
"""


def _partition(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    about, out, upkeep = result["about"], result["month_out_s"], result["upkeep_s"]
    large = ", ".join(f"{name} {megabytes:,.0f} MB" for name, megabytes in result["megabytes"].items())
    done = [(what, f"{ms['plain']:,.1f} ms", f"{ms['by_month']:,.1f} ms", f"{ms['by_month'] / ms['plain']:.2f}")
            for what, ms in result["ms"].items()]
    done += [(what, f"{1e3 * s['plain']:,.0f} ms", f"{1e3 * s['by_month']:,.0f} ms", f"{s['by_month'] / s['plain']:.2f}")
             for what, s in (("vacuum and analyze after one was made again", upkeep), ("take the oldest month out", out))]
    planned = [(what, f"{ms['first']:.2f} ms", f"{ms['again']:.2f} ms") for what, ms in result["planning_ms"].items()]
    return f"""## Tables by month

{about["ebs"]} Execution Blocks over {about["months"]} months, the same rows in plain tables and in tables by month: {large}.
Load average {about["load_average"]}; `python bench/bench_partition.py`. `alma-qa0 partition` laid them in {result["laid_s"]:.1f} s. Medians
by turns; a plain table has the month taken out by uid, and is vacuumed, so that the room can be used again.

{_table(("what", "plain", "by month", "times"), done)}

PostgreSQL's own time to plan the reading of one Execution Block's summary:

{_table(("tables", "first on a connection", "then"), ((what.replace("_", " "), *times) for what, *times in planned))}"""


def _upkeep(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    about = result["about"]
    analyzed = [(what, *(f"{ms[state]:,.1f} ms" for state in ("analyzed", "just loaded"))) for what, ms in result["statistics_ms"].items()]
    wide = [(words, *(f"{ms:,.0f} ms" for ms in of.values())) for words, of in result["wide_columns_ms"].items()]
    kept = [(factor, *(f"{100 * (of['after_mb'][name] / of['before_mb'][name] - 1):+.0f} %" for name in ("scan_summary", "spectrum")),
             of["vacuums"], _s(of["vacuum_s"])) for factor, of in result["vacuum"].items()]
    indexes = [(f"`{of['index']}`", f"{of['mb']:,.1f} of {of['table_mb']:,.1f} MB", of["serves"], f"{of['with_ms']:,.1f} ms",
                f"{of['without_ms']:,.1f} ms") for of in result["indexes"]]
    return f"""## Statistics, vacuum, indexes

{about["ebs"]} Execution Blocks, load average {about["load_average"]}; `python bench/bench_upkeep.py`. With the statistics of PostgreSQL,
and right after the rows were loaded, without any; by turns:

{_table(("what", "analyzed", "just loaded"), analyzed)}

To analyze the tables that hold spectra, with statistics of the spectra, as PostgreSQL would have, and without, as they are made here:

{_table(("of the spectra", "analyze cal_atmosphere", "analyze spectrum", "refresh of one then"), wide)}

All of them made again, one by one; a table is vacuumed by autovacuum's rule, when so much of it is dead (`autovacuum_vacuum_scale_factor`:
0.2 is PostgreSQL's own, 0.05 that of our large tables):

{_table(("scale factor", "scan_summary grows", "spectrum grows", "vacuums", "which took"), kept)}

What each index serves, and that without it, planned and executed by PostgreSQL's own clock; lists are of {about["many"]:,}
Execution Blocks:

{_table(("index", "size of table's", "serves", "with", "without"), indexes)}"""


def _load(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    about = result["about"]
    rows = [(readers, name, of["n"], *(_whole_ms(of[each]) for each in ("p50_ms", "p95_ms", "p99_ms")))
            for readers, one in result["readers"].items() for name, of in {
                "page open": one["page_open"], f"while they arrive, {one['arrivals_s']:.0f} s": one["arriving"], **one["actions"],
                "all, after they have arrived": one["all"]}.items()]
    costs = [(readers, f"{one['before']['rss_mb']:.0f} MB", f"{one['during']['rss_mb']:.0f} MB", f"{one['after']['rss_mb']:.0f} MB",
              f"{one['mb_per_session']:.1f} MB", f"{one['after']['sessions']} / {one['after']['connections']}",
              *(f"{_whole_ms(one['during'][each]['p99_ms'])}, {_whole_ms(one['during'][each]['max_ms'])}" for each in ("late", "busy")),
              _whole_ms(one["backend_cpu_ms_per_action"]), len(one["failures"])) for readers, one in result["readers"].items()]
    kept = ("readers", "memory before", "while open", "after all left", "a session", "sessions / connections left",
            "event loop late: 99 % within, most", "busy itself", "processor an action", "without an answer")
    return f"""## Many at once

{about["execution_blocks"]} Execution Blocks, {about["minutes"]:g} minutes in all, {about["think_s"]:g} s between two actions of a reader,
{about["cores"]} cores that the readers' process shares, load average {about["load_average"][0]:.1f} at the end;
`make bench-load`. Websockets without a browser; from the action sent to the answer received. All of a stage arrive one after
the other, as at the begin of a shift; by action is what follows. Aim: 95 % within {about["aim_p95_ms"]} ms with 50 readers.

{_table(("readers", "action", "n", "half within", "95 % within", "99 % within"), rows)}

{_table(kept, costs)}"""


def _whole_ms(ms: float) -> str:
    return f"{ms:,.0f} ms"


def _evaluation(result: dict[str, Any] | None, rough: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    elsewhere = rough["faults"] if rough else {}
    equal = result["baseline_at_equal_alarms"]
    rows = [(name, size, of["n"], f"{of['recall']:.3f}", f"{of['baseline_recall']:.3f}", f"{equal['faults'][name][size]:.3f}",
             f"{elsewhere[name][size]['recall']:.3f}" if size in elsewhere.get(name, {}) else "")
            for name, sizes in result["faults"].items() for size, of in sizes.items()]
    clean = [_clean_words(world, one["clean"]) for world, one in (("simulated", result), ("rough", rough)) if one]
    return f"""## The judgement

`make evaluate`: simulated Execution Blocks, on seeds that were not tuned on; beside them those of a rougher world, which another model
made (`bench/rough_world.py`). The baseline are the six published Tsys flagging metrics: with their default limits, and with their limits
times {equal["scale"]:g}, at which they give as many false alarms as the rules. {" ".join(clean)}

{_table(("fault", "size", "n", "found", "by the baseline", "at equal alarms", "found in the rough world"), rows)}"""


def _clean_words(world: str, clean: dict[str, Any]) -> str:
    return (f"On {clean['n']} clean {world} ones: {clean['warnings_per_eb']:.3f} false warnings and {clean['severe_per_eb']:.3f} false"
            f" severe findings each; the baseline {clean['baseline_flags_per_eb']:.3f} flags.")


def _table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(header)
    lines = [names, ["---"] * len(names), *(list(map(str, row)) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:,.0f} ms" if seconds >= 0.02 else f"{1e3 * seconds:.1f} ms"


if __name__ == "__main__":
    PAGE.write_text(page({path.stem: json.loads(path.read_text()) for path in (ROOT / "bench" / "results").glob("*.json")}))
