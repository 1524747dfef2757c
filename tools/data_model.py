"""Writes docs/data-model.md from core/fields.py: ``python tools/data_model.py``."""

from collections.abc import Iterator
from pathlib import Path

from alma_qa0.core.fields import DECISION, JUDGEMENT, MARTS, PRODUCTION, QUARANTINE, RAW, REFRESH, STAGED, Field, Relation

PAGE = Path(__file__).parents[1] / "docs" / "data-model.md"

INTRODUCTION = """\
# Data model

<!-- Generated from python-lib/alma_qa0/core/fields.py by tools/data_model.py; change it there. -->

Every relation of the database, with the type, unit, meaning and origin of every column.

- **Raw** relations hold what the tables of an ASDM say, one relation per table, the rows of an Execution Block (EB) told apart by `uid`.
  They are filled by `alma-qa0 ingest`, an EB in one transaction: a new version of an EB takes the place of the old one.
- **Marts** hold what the page reads. They are made from the raw relations by SQL inside PostgreSQL, and can be made again at any time.
- **Keys** contain `uid`, and every join is on it: `CalData_13` or `Antenna_0` name something only inside their EB. A `cal_data_id` is no
  scan: the scan is found through `cal_data`.
- **Units** are SI (Hz, K, m, Pa, s, rad) but where the column's name says otherwise. GHz, mm and minutes belong to the page.
- **Times** are UTC. The ASDM counts nanoseconds since MJD 0; microseconds are kept.
- **Null** is a value that the source does not have, or an invalid one. NaN, infinity, -1 and 0 never stand for it.
- **Invalid values** are those by which the observatory's software says that there is no value: -1 (no solution), 0, a negative or not
  finite number, and water of exactly 1 m; those beyond all that the quantity can be; and in the old production table a spectrum that does
  not fit its frequency axis. They are null in their row, as an element of a spectrum too, and `invalid_value` counts them by kind. A
  channel whose frequency is invalid is counted once for each polarisation of its row. Spectra are judged as the 4-byte numbers that are
  stored. Numbers of other tables beyond all that they can be (weather, times, positions) are null.
- **Origin** is the table and column of the ASDM that a value is copied from; a column without one is worked out.
- **Text in capitals** (`CALIBRATE_ATMOSPHERE`, `BB_1`) is an enumeration of the ASDM, as it is written there.
"""

SECTIONS = (
    ("Raw", "What the ASDM says.", RAW),
    ("The old production table", "Read in place of the raw relations where the data are kept in it; never written.", (PRODUCTION,)),
    ("Staging", "The one shape that both sources are turned into; these are there while a refresh runs.", STAGED),
    ("Marts", "What the page reads.", MARTS),
    ("Judgement", "What the rules of [rules.md](rules.md) find, made from the marts.", JUDGEMENT),
    ("Decisions", "What astronomers say. Rows are added and never changed or taken out: the database refuses.", (DECISION,)),
    ("Bookkeeping", "What a refresh needs to know to redo only what changed, and what no step could take.", (REFRESH, QUARANTINE)),
)


def data_model() -> str:
    """The page, in Markdown."""
    parts = [INTRODUCTION]
    for title, introduction, relations in SECTIONS:
        parts += [f"## {title}\n\n{introduction}\n", *(_relation(relation) for relation in relations)]
    return "\n".join(parts)


def _relation(relation: Relation) -> str:
    key = ", ".join(f"`{name}`" for name in relation.key)
    grain = relation.grain[0].upper() + relation.grain[1:]
    return "\n".join([f"### {relation.name}\n", f"{grain}. Key: {key}.\n", *_table(relation.fields), ""])


def _table(fields: tuple[Field, ...]) -> Iterator[str]:
    yield "| column | type | unit | meaning | origin |"
    yield "|---|---|---|---|---|"
    for field in fields:
        origin = f"`{field.source}`" if field.source else ""
        yield f"| `{field.name}` | {field.kind.value} | {field.unit or ''} | {_cell(field.meaning)} | {origin} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(data_model())
