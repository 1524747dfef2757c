"""How long a reader waits for the page, what travels and what a session costs, with 800 Execution Blocks in the database.

The page is served by ``alma-qa0 serve`` in a process of its own and read by headless Chromium. A time ends when the plots are painted:
the browser reads back every canvas after each frame that drew on one (probe.js), so that no drawing is still put off, and the last such
frame counts once everything asked for is there and no plot has been drawn for a while. It begins at the start of the navigation, or
where the mouse button goes down, as the browser notes them. Beside it stands what the page itself logs (ui/painted.js).

Also in the same run: what the page before this one did for a change of the uid, from the same rows in the old production table: it read
the whole table five times without an index and had pandas split the text of the spectra. Neither its figure nor its web server is counted.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import psycopg2
from playwright.sync_api import Browser, Page, WebSocket, sync_playwright

from alma_qa0.hosts import embedded
from filled_home import Filled, fill

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "page.json"
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-gpu"]
SIZE = {"width": 1440, "height": 900}
SETTLED_MS = 400  # no plot drawn for so long: the page is at rest
N_SPECTRA = 2752
AIMS = {"page_open_ms": 1000, "uid_change_ms": 300, "all_spectra_ms": 300, "memory_mb_per_session": 15}
UNUSED_S = 36  # after so long the server has let go of the sessions of closed pages
AT_REST = f"""([wanted, news]) => performance.now() - probe.painted > {SETTLED_MS} && probe.isNew(...news)
    && Object.entries(wanted).every(([name, value]) => probe.shown()[name] === value)"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "alma-qa0-bench",
                        help="where the filled database is kept for the next run (default: %(default)s)")
    parser.add_argument("--ebs", type=int, default=800)
    parser.add_argument("--simulated", type=int, default=24, help="so many of them are simulated and taken in, the others are their copies")
    parser.add_argument("--production", type=int, default=400, help="so many of them also stand in the old production table")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="(default: %(default)s, else Playwright's own)")
    options = parser.parse_args()
    filled = fill(options.home, ebs=options.ebs, simulated=options.simulated, production=options.production)
    print(filled.sentence)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=FLAGS)
        ours = {**times(browser, options, filled), **memory(browser, options, filled)}
        browser.close()
    old = old_page(options, filled)
    report(options, filled, ours, old)


# --- the page ---------------------------------------------------------------------------------------------------------------


@dataclass
class Traffic:
    """The frames of the websocket since the last ``take``."""

    frames: list[int] = field(default_factory=list)

    def listen(self, websocket: WebSocket) -> None:
        websocket.on("framereceived", lambda data: self.frames.append(len(data)))

    def take(self) -> dict[str, float]:
        taken = {"frames": len(self.frames), "mb": sum(self.frames) / 1e6}
        self.frames.clear()
        return taken


class CpuClock:
    """Processor time of the server and of the browser, in ms since the last ``take``: it hardly depends on what else the machine does."""

    def __init__(self, server: psutil.Process) -> None:
        self._server, self._last = server, {"server_cpu_ms": 0.0, "browser_cpu_ms": 0.0}

    def take(self) -> dict[str, float]:
        now = {"server_cpu_ms": _cpu_ms(self._server), "browser_cpu_ms": sum(map(_cpu_ms, _browser_processes()))}
        taken = {name: now[name] - self._last[name] for name in now}
        self._last = now
        return taken


def _browser_processes() -> list[psutil.Process]:
    return [process for process in psutil.Process().children(recursive=True) if "chrom" in process.name()]


def _cpu_ms(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
        return 1e3 * (times.user + times.system)
    except psutil.NoSuchProcess:
        return 0.0


@contextmanager
def served(home: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The address of the page and the process that serves it."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "ALMA_QA0_HOME": str(home)}
    environment.pop("ALMA_QA0_DATABASE", None)
    with open(home / "serve.log", "w", encoding="utf-8") as log:
        command = [sys.executable, "-m", "alma_qa0.cli", "serve", "--port", str(port), "--verbose"]
        server = subprocess.Popen(command, env=environment, stderr=log)
    address = f"http://localhost:{port}/"
    try:
        _await(address, server)
        yield address, psutil.Process(server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _await(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}static/js/bokeh.min.js").close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the page is not served; serve.log in the home says why")


@contextmanager
def a_page(browser: Browser) -> Iterator[tuple[Page, Traffic]]:
    """A page of a reader who was never here: nothing is in the browser's cache."""
    context = browser.new_context(viewport=SIZE)
    page, traffic = context.new_page(), Traffic()
    page.add_init_script(path=HERE / "probe.js")
    page.on("websocket", traffic.listen)
    page.on("pageerror", lambda error: print(f"error in the page: {error}", file=sys.stderr))
    try:
        yield page, traffic
    finally:
        context.close()


def rest(page: Page, *news: str, **wanted: object) -> None:
    """Wait until the page shows what is wanted, and ``news`` of these sources since the last click, and is at rest."""
    page.wait_for_function(AT_REST, arg=[{"lines": N_SPECTRA, **wanted}, news], polling=50)


def noted(page: Page, traffic: Traffic, clock: "CpuClock") -> dict[str, float]:
    """What the last action took: to the last painting, and as the page's own log has it; what travelled; processor time of both sides."""
    ms = page.evaluate("probe.painted - probe.asked")
    cpu = clock.take()
    own = page.evaluate("Object.fromEntries(performance.getEntriesByType('measure').map(({name, duration}) => [name, duration]))")
    page.evaluate("performance.clearMeasures()")
    return {"ms": ms, **cpu, **{f"own log: {name}": value for name, value in own.items()}, **traffic.take()}


def times(browser: Browser, options: argparse.Namespace, filled: Filled) -> dict[str, Any]:
    """Medians of a page opened, a uid changed, and all spectra of another quantity, each of an EB that nobody has looked at."""
    unseen = iter(filled.uids)
    rounds = options.rounds
    with served(options.home) as (address, process):
        clock = CpuClock(process)
        opened = [page_open(browser, address, next(unseen), clock) for _ in range(1 + rounds)][1:]
        again = page_open_again(browser, address, unseen, rounds, clock)
        changes, spectra = uid_changes(browser, address, [next(unseen) for _ in range(1 + rounds)], clock)
        log = (options.home / "serve.log").read_text()
    print(f"the server says: {' '.join(log.splitlines()[-2:])}")
    return {"page_open": summed(opened), "page_open_again": summed(again), "uid_change": summed(changes), "all_spectra": summed(spectra)}


def page_open(browser: Browser, address: str, uid: str, clock: CpuClock) -> dict[str, float]:
    with a_page(browser) as (page, traffic):
        clock.take()
        page.goto(f"{address}?uid={uid}")
        rest(page, uid=uid)
        return noted(page, traffic, clock)


def page_open_again(browser: Browser, address: str, unseen: Iterator[str], rounds: int, clock: CpuClock) -> list[dict[str, float]]:
    """The page opened by a reader who was here before."""
    with a_page(browser) as (page, traffic):
        found = []
        for _ in range(1 + rounds):
            uid = next(unseen)
            clock.take()
            page.goto(f"{address}?uid={uid}")
            rest(page, uid=uid)
            found.append(noted(page, traffic, clock))
        return found[1:]


def uid_changes(
    browser: Browser, address: str, uids: list[str], clock: CpuClock,
) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """For each EB: a click in the list, then all its spectra of the other quantity; the first is the warm-up."""
    changes, spectra = [], []
    with a_page(browser) as (page, traffic):
        page.goto(address)
        rest(page)
        traffic.take()
        for number, uid in enumerate(uids):
            show_in_list(page, uid)
            clock.take()
            page.locator(f'[data-name="uid_list"] [title="{uid}"]').first.click()
            rest(page, "summary_points", "spectra_table", uid=uid)
            changes.append(noted(page, traffic, clock))
            other = ("Tsys", "Trx")[number % 2]
            page.locator("[data-name=spectra_quantity]").get_by_text(other, exact=True).click()
            rest(page, "spectra_table", uid=uid, quantity=other)
            spectra.append(noted(page, traffic, clock))
    return changes[1:], spectra[1:]


def show_in_list(page: Page, uid: str) -> None:
    """Scroll the list of EBs, which holds in the document only what is in sight."""
    page.evaluate("""(uid) => {
        const row = Bokeh.documents[0].get_model_by_name("uid_list").source.data.uid.indexOf(uid)
        const view = Bokeh.index.find_one(Bokeh.documents[0].get_model_by_name("uid_list"))
        view.grid.scrollRowToTop(row)
    }""", uid)
    page.wait_for_timeout(100)


# --- what a session costs -----------------------------------------------------------------------------------------------------


def memory(browser: Browser, options: argparse.Namespace, filled: Filled, n_sessions: int = 10) -> dict[str, Any]:
    """Resident memory of the server with 1 to 10 pages open, each on another EB, and after all are closed; and all on one EB."""
    found: dict[str, Any] = {}
    for name, uids in {"different_ebs": filled.uids[1:n_sessions + 1], "same_eb": [filled.uids[0]] * n_sessions}.items():
        with served(options.home) as (address, process):
            page_open(browser, address, filled.uids[0], CpuClock(process))
            time.sleep(UNUSED_S)
            sizes = [rss_mb(process)]
            context = browser.new_context(viewport=SIZE)
            for uid in uids:
                page = context.new_page()
                page.add_init_script(path=HERE / "probe.js")
                page.goto(f"{address}?uid={uid}")
                rest(page, uid=uid)
                sizes.append(rss_mb(process))
            context.close()
            time.sleep(UNUSED_S)
            slope = float(np.polyfit(np.arange(1, n_sessions + 1), sizes[1:], 1)[0])
            found[name] = {"rss_mb_without": sizes[0], "rss_mb_with_1_to_n": sizes[1:], "rss_mb_after": rss_mb(process),
                           "mb_per_session": slope}
    return {"memory": found}


def rss_mb(process: psutil.Process) -> float:
    return float(process.memory_info().rss / 1e6)


# --- the page before this one -------------------------------------------------------------------------------------------------


def old_page(options: argparse.Namespace, filled: Filled) -> dict[str, Any]:
    """What the old page did for a change of the uid, without its figures: medians of its default, one scan, and of all scans."""
    connection = psycopg2.connect(embedded.start(options.home))
    try:
        copied = [uid for uid in filled.uids if uid.startswith("uid://A002/Xb")][:options.rounds + 1]
        taken: dict[str, list[float]] = {"one_scan": [], "all_scans": [], "one_query": []}
        for uid in copied:
            taken["one_query"].append(seconds(lambda uid=uid: old_query(connection, uid)))
            for name, every in (("one_scan", False), ("all_scans", True)):
                taken[name].append(seconds(lambda uid=uid, every=every: old_uid_change(connection, uid, every=every)))
    finally:
        connection.close()
        embedded.stop(options.home)
    return {name: {"ms": 1e3 * statistics.median(values[1:]), "n": len(values) - 1} for name, values in taken.items()}


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def old_query(connection: Any, uid: str) -> pd.DataFrame:
    with connection, connection.cursor() as cursor:
        cursor.execute("select * from raw.cal_atmosphere_production where uid = %s", (uid,))
        return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])


def old_uid_change(connection: Any, uid: str, *, every: bool) -> pd.DataFrame:
    """Five callbacks, each with the whole query: antennas, then basebands, then scans, the summary plot, the spectra."""
    antennas = old_query(connection, uid)["antennaname"].unique()
    basebands = old_rows(old_query(connection, uid), antennaname=antennas)["basebandname"].unique()
    scans = old_rows(old_query(connection, uid), antennaname=antennas, basebandname=basebands)["caldataid"].unique()
    old_rows(old_query(connection, uid), antennaname=antennas, basebandname=basebands)
    chosen = old_rows(old_query(connection, uid), antennaname=antennas, basebandname=basebands, caldataid=scans if every else scans[:1])
    columns = ["frequencyspectrum", "trecspectrum_x", "trecspectrum_y"]
    spectra = chosen[columns].map(lambda text: np.array(text.split(",")[5:-5]).astype(float))
    return pd.DataFrame({name: spectra[[name]].explode(name).squeeze() for name in columns})


def old_rows(frame: pd.DataFrame, **wanted: Any) -> pd.DataFrame:
    chosen = np.ones(len(frame), dtype=bool)
    for column, values in wanted.items():
        chosen &= frame[column].isin(values).to_numpy()
    return frame.loc[chosen]


# --- figures ------------------------------------------------------------------------------------------------------------------


def summed(measured: list[dict[str, float]]) -> dict[str, Any]:
    names = dict.fromkeys(name for one in measured for name in one)
    medians = {name: statistics.median(one[name] for one in measured if name in one) for name in names}
    times_ms = [one["ms"] for one in measured]
    return {**medians, "fastest_ms": min(times_ms), "slowest_ms": max(times_ms), "n": len(measured)}


def report(options: argparse.Namespace, filled: Filled, ours: dict[str, Any], old: dict[str, Any]) -> None:
    print(f"\n{'':34}{'median':>10}{'fastest':>10}{'slowest':>10}{'n':>4}{'frames':>8}{'MB':>7}{'cpu: server':>14}{'browser':>10}"
          "  as the page itself logs it")
    names = {"page_open": "page open, nothing in any cache", "page_open_again": "page open, browser's cache warm",
             "uid_change": "uid changed", "all_spectra": f"all {N_SPECTRA:,} spectra of a quantity"}
    for name, label in names.items():
        one = ours[name]
        own = ", ".join(f"{key.removeprefix('own log: ')} {value:.0f} ms" for key, value in one.items() if key.startswith("own log: "))
        range_ms = f"{one['fastest_ms']:7.0f} ms{one['slowest_ms']:7.0f} ms"
        print(f"{label:34}{one['ms']:7.0f} ms{range_ms}{one['n']:4}{one['frames']:8.0f}{one['mb']:7.2f}"
              f"{one['server_cpu_ms']:11.0f} ms{one['browser_cpu_ms']:7.0f} ms  {own}")
    for name, one in ours["memory"].items():
        sizes = one["rss_mb_with_1_to_n"]
        print(f"{'session, ' + name.replace('_', ' '):34}{one['mb_per_session']:7.1f} MB   {one['rss_mb_without']:.0f} MB without,"
              f" {sizes[-1]:.0f} MB with {len(sizes)} open, {one['rss_mb_after']:.0f} MB after they closed")
    for name, one in old.items():
        print(f"{'old page, ' + name.replace('_', ' '):34}{one['ms']:7.0f} ms{one['n']:24}")
    ratios = {f"old_page_{name}_to_uid_change": old[name]["ms"] / ours["uid_change"]["ms"] for name in ("one_scan", "all_scans")}
    print(", ".join(f"{name.replace('_', ' ')}: {ratio:.1f}" for name, ratio in ratios.items()))
    load = os.getloadavg()
    print(f"load average {load[0]:.1f} {load[1]:.1f}, {os.cpu_count()} cores")
    about = {"execution_blocks": len(filled.uids), "simulated": filled.n_simulated, "copied": filled.n_copied,
             "in_old_table": filled.n_production, "marts_mb": filled.marts_mb, "old_table_mb": filled.production_mb,
             "filled_s": filled.filled_s, "spectra": N_SPECTRA, "channels": 128, "load_average": load, "cores": os.cpu_count()}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"about": about, "aims": AIMS, **ours, "old_page": old, "ratios": ratios}, indent=2) + "\n")


if __name__ == "__main__":
    main()
