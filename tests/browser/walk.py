"""A seeded walk through the page on a bad line: what is painted is compared with the database after every step."""

import random
import subprocess
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from playwright.sync_api import BrowserContext, Error, Page

from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.store import plans
from alma_qa0.store.queries import Marts
from alma_qa0.store.tables import Tables
from browser.line import Line
from browser.painted import late, of_another, painted, truth_of, wrong_pixels

PATIENCE_S = 90.0  # a restarted server, on a slow line, with another browser on the same two cores
TABLES = Tables.in_schemas()


@dataclass
class Walk:
    """One reader on ``page``, another on ``second``; ``restart`` starts the server again, ``home`` is that of its database.

    ``differences`` are those between screen and database, each with the step after which it was seen.
    """

    seed: int
    context: BrowserContext
    url: str
    line: Line
    database: Postgres
    home: Path
    restart: Callable[[], None]
    to_arrive: list[Path]
    say: Callable[[str], None]
    differences: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.page, self.second = self.context.new_page(), self.context.new_page()
        self.marts = Marts(self.database, TABLES)

    def go(self, steps: int) -> None:
        """Takes so many steps; every kind of step is taken before any is taken again."""
        for page in (self.page, self.second):
            page.goto(self.url)
        self._compare("opened")
        kinds: list[Callable[[], None]] = []
        for number in range(steps):
            if not kinds:
                kinds = self.random.sample(self._kinds(), len(self._kinds()))
            step = kinds.pop()
            self.taken.append(f"{number} {step.__name__}")
            with suppress(Error) if step.__name__ in ("choose_while_the_line_breaks",) else ExitStack():
                step()
            self._compare(self.taken[-1])

    def _kinds(self) -> list[Callable[[], None]]:
        return [
            self.choose_by_click, self.choose_by_key, self.choose_by_link, self.choose_and_choose_again, self.choose_finding, self.quantity,
            self.filter, self.search, self.decide, self.comment, self.decide_elsewhere, self.arrive, self.judge_again,
            self.choose_while_the_line_breaks, self.slow_line, self.fast_line, self.cut, self.restart_server, self.restart_database,
            self.choose_by_click, self.choose_by_click, self.choose_by_key, self.tabs,
        ]

    # --- steps

    def choose_by_click(self) -> None:
        self._row(self.page, self.random.choice(self._listed())).click()

    def choose_and_choose_again(self) -> None:
        for uid in self.random.sample(self._listed(), min(3, len(self._listed()))):
            self._row(self.page, uid).click()

    def choose_by_key(self) -> None:
        marked = self.page.locator('[data-name="uid_list"] .slick-cell.selected')
        (marked if marked.count() else self.page.locator('[data-name="uid_list"] .slick-cell')).first.click()
        self.page.keyboard.press(self.random.choice(["ArrowDown", "ArrowUp"]))

    def choose_by_link(self) -> None:
        uids = self.database.run("select uid from mart.execution_block order by uid")["uid"].tolist()
        self.page.goto(f"{self.url}?uid={self.random.choice(uids)}")

    def choose_finding(self) -> None:
        self._tab("problems_tabs", "findings")
        rows = self.page.locator('[data-name="findings"] .slick-row')
        if n := rows.count():
            rows.nth(self.random.randrange(n)).click()

    def quantity(self) -> None:
        name, labels = self.random.choice([("summary_quantity", ["Trx", "Tsys", "tau", "water"]), ("spectra_quantity", ["Trx", "Tsys"])])
        self._press(self.page, name, self.random.choice(labels))

    def tabs(self) -> None:
        self._tab("problems_tabs", self.random.choice(["findings", "invalid values"]))
        self._tab("verdict_tabs", self.random.choice(["decision", "statistics"]))

    def filter(self) -> None:
        select = self.page.locator('[data-name="uid_filter"] select')
        select.select_option(self.random.choice(["all", "with findings", "to decide"]))

    def search(self) -> None:
        self.page.locator('[data-name="search"] input').fill(self.random.choice(["", "", "X1", "12-m"]))

    def decide(self) -> None:
        self._decide(self.page, self.random.choice(["Pass", "Pass", "Fail"]), by="Ana")

    def comment(self) -> None:
        self._tab("verdict_tabs", "decision")
        before, seen = self._said(), painted(self.page)["uid"]
        self._write(self.page, "decision_by", "Ana")
        self._write(self.page, "decision_comment", f"step {len(self.taken)}")
        self.page.locator('[data-name="decision_comment_only"] button').click()
        self._expect_said(before, seen)

    def decide_elsewhere(self) -> None:
        self._wait_until_ready(self.second)
        self._row(self.second, self.random.choice(self._listed(self.second))).click()
        self._wait_until_ready(self.second)
        self._decide(self.second, "Pass", by="Ben")

    def arrive(self) -> None:
        if self.to_arrive:
            ingest(self.database, TABLES, [self.to_arrive.pop()])
            plans.refresh(self.database, TABLES)
            judge(self.database, TABLES)

    def judge_again(self) -> None:
        judge(self.database, TABLES, full=True)

    def slow_line(self) -> None:
        self.line.slow()
        self.choose_by_click()

    def fast_line(self) -> None:
        self.line.fast()

    def cut(self) -> None:
        self.line.cut()

    def choose_while_the_line_breaks(self) -> None:
        self.choose_by_click()
        self.line.cut()

    def restart_server(self) -> None:
        self.restart()

    def restart_database(self) -> None:
        embedded.stop(self.home)
        self.choose_by_click()
        self.database.close()
        embedded.start(self.home)

    # --- hands

    def _listed(self, page: Page | None = None) -> list[str]:
        spans = (page or self.page).locator('[data-name="uid_list"] .slick-cell.l0 span')
        return spans.evaluate_all("(spans) => spans.map((span) => span.title)")

    def _row(self, page: Page, uid: str):  # type: ignore[no-untyped-def]
        return page.locator(f'[data-name="uid_list"] [title="{uid}"]').first

    def _press(self, page: Page, name: str, label: str) -> None:
        page.locator(f'[data-name="{name}"] button').filter(has_text=label).first.click()

    def _tab(self, name: str, label: str) -> None:
        self._press(self.page, name, label)

    def _write(self, page: Page, name: str, text: str) -> None:
        page.locator(f'[data-name="{name}"] input').fill(text)

    def _decide(self, page: Page, status: str, *, by: str) -> None:
        self._press(page, "verdict_tabs", "decision")
        before, seen = self._said(), painted(page)["uid"]
        self._write(page, "decision_by", by)
        self._press(page, "decision_status", status)
        if status == "Fail":
            self._press(page, "decision_reasons", "QA0_CORR")
        page.locator('[data-name="decide"] button').click()
        self._expect_said(before, seen)

    def _said(self) -> int:
        return int(self.database.run("select count(*) as n from mart.decision")["n"].iloc[0])

    def _expect_said(self, before: int, uid: str) -> None:
        """One more was kept, about what stood in the header."""
        deadline = monotonic() + PATIENCE_S
        while self._said() == before and monotonic() < deadline:
            self.page.wait_for_timeout(50)
        newest = self.database.run("select uid from mart.decision order by decided_at desc limit 1")["uid"]
        if self._said() != before + 1 or newest.iloc[0] != uid:
            self.differences.append(f"{self.taken[-1]}: {self._said() - before} kept, about {list(newest)}, the header said {uid}")

    # --- eyes

    def _compare(self, step: str) -> None:
        """Until the page is ready nothing of it can be used; then all that is painted is the database's, some of it after a while."""
        began, left, before = monotonic(), ["not ready"], len(self.differences)
        deadline = began + PATIENCE_S
        while left and monotonic() < deadline:
            self.page.wait_for_timeout(50)
            with suppress(Error):  # it is being opened again
                left = self._look(step)
        self.differences += [f"{step}: {one}" for one in left]
        self.say(f"{step}: compared after {monotonic() - began:.1f} s, {len(self.differences) - before} differences")
        for difference in self.differences[before:]:
            self.say(f"  {difference}")

    def _look(self, step: str) -> list[str]:
        if not self._is_there(self.page):
            return ["the page is not there"]
        seen = painted(self.page)
        if seen["lost"]:
            return ["the connection is lost"]
        if seen["busy"]:
            self.differences += [] if seen["locked"] else [f"{step}: not ready, and not locked"]
            return [f"not ready: {seen['words']['message']!r}"]
        truth = truth_of(self.marts, seen)
        self.differences += [f"{step}: {one}" for one in of_another(seen, truth)]
        if seen["words"]["message"]:
            return [f"message {seen['words']['message']!r}"]
        return late(seen, truth, self.marts) or wrong_pixels(self.page, painted(self.page))

    def _is_there(self, page: Page) -> bool:
        return bool(page.evaluate("Boolean(window.Bokeh?.documents?.[0]?.is_idle)"))

    def _wait_until_ready(self, page: Page) -> None:
        deadline = monotonic() + PATIENCE_S
        while monotonic() < deadline:
            page.wait_for_timeout(50)
            with suppress(Error):
                if self._is_there(page) and not (seen := painted(page))["busy"] and not seen["lost"]:
                    return


def process(command: list[str], environment: dict[str, str], log: Path) -> "subprocess.Popen[str]":
    """The server, as soon as it serves."""
    with open(log, "a", encoding="utf-8") as out:
        server = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=out, text=True, env=environment)
    for line in server.stderr or ():
        if " serves http" in line:
            return server
    raise AssertionError(f"the server ended: see {log}")
