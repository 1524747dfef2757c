"""Of which version of alma-qa0 the layout of a table is: it stands in the table's comment; without one it is the first."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from alma_qa0 import __version__
from alma_qa0.core.fields import FIRST_LAYOUT, Relation, version_parts
from alma_qa0.errors import BadRequest
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident, Sql, quoted, render

Places = Mapping[Relation, Ident]
_STAMP = re.compile(r"alma-qa0 layout ([0-9]{1,4}(?:\.[0-9]{1,4}){0,3})")  # anywhere in the comment: what others wrote beside it stays


@dataclass(frozen=True, slots=True)
class Layout:
    """The version that gave a table its columns, whether this role may change them, and the whole comment."""

    version: str
    may_alter: bool
    comment: str = ""


def read(database: Database, places: Places) -> dict[Relation, Layout]:
    """The layouts of those of some tables that are there."""
    names = {str(quoted(table)): relation for relation, table in places.items()}
    if not names:
        return {}
    rows = database.run(render("tables/layouts", names=list(names))).to_dict("records")
    return {names[row["name"]]: Layout(_version(row["layout"]), bool(row["may_alter"]), row["layout"] or "") for row in rows}


def is_newer(relation: Relation, layout: Layout) -> bool:
    """Whether a table has a layout that this version of alma-qa0 does not know."""
    return version_parts(layout.version) > version_parts(relation.layout)


def refuse_newer(found: Mapping[Relation, Layout], places: Places) -> None:
    """BadRequest where a later version of alma-qa0 made a table: what it added would not be filled."""
    newer = {relation: layout.version for relation, layout in found.items() if is_newer(relation, layout)}
    if newer:
        named, needed = ", ".join(".".join(places[relation].parts) for relation in newer), max(newer.values(), key=version_parts)
        raise BadRequest(f"{named}: the layout is that of alma-qa0 {needed}, and this is {__version__}, which writes nothing there;"
                         f" expected alma-qa0 {needed} or later")


def stamps(found: Mapping[Relation, Layout], places: Places) -> list[Sql]:
    """The statements that write the present layout on those tables that do not say it, where this role may."""
    return [render("tables/stamp", table=places[relation], layout=_stamped(layout.comment, relation.layout))
            for relation, layout in found.items() if layout.version != relation.layout and layout.may_alter]


def _stamped(comment: str, version: str) -> str:
    stamp = f"alma-qa0 layout {version}"
    return _STAMP.sub(stamp, comment) if _STAMP.search(comment) else "; ".join(filter(None, (comment, stamp)))


def _version(comment: object) -> str:
    stamp = _STAMP.search(comment) if isinstance(comment, str) else None
    return stamp[1] if stamp else FIRST_LAYOUT
