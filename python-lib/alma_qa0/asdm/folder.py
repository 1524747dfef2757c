"""Finds and opens ASDMs: a folder, a tar of one, or a folder of many; what is opened has said who it is and is all there."""

import hashlib
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from alma_qa0.asdm.archive import unpack
from alma_qa0.asdm.limits import LARGEST_CONTAINER, MOST_DIGITS
from alma_qa0.asdm.schema import TABLES, Table
from alma_qa0.core.blocks import file_name, parse_uid
from alma_qa0.errors import BadRequest, BrokenAsdm

SCHEMA_VERSIONS = (2, 3, 4)
_REQUIRED = ("ExecBlock", "Scan", "Antenna")
_SUFFIXES = (".xml", ".bin")
_FILES = frozenset({"ASDM.xml", *(f"{table}{suffix}" for table in TABLES for suffix in _SUFFIXES)})
_HASHED = _FILES - {f"{table.name}{suffix}" for table in TABLES.values() if not table.hashed for suffix in _SUFFIXES}
_TARS = (".tar", ".tar.gz", ".tgz")
_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_SCHEMA_VERSION = re.compile(r"/XASDM/([0-9]{1,3})/ASDM\.xsd")
# As the observatory names them: uid___A002_X1_X2, perhaps with .asdm.sdm and .tar behind, in its archive with the project before
_NAME = re.compile(r"(?:.*_)?(uid___[0-9a-zA-Z]+_[xX][0-9a-fA-F]+_[xX][0-9a-fA-F]+)(?:\.asdm\.sdm)?(?:\.tar|\.tar\.gz|\.tgz)?")


@dataclass(frozen=True, slots=True)
class Asdm:
    """An open ASDM. ``name`` is what the user called it; ``table_rows`` the rows of each table, as ASDM.xml counts them.

    ``content_hash`` is equal for equal files, be they in a folder or a tar. ``start_in_xml`` and ``start_in_binary``: an interval
    of time is written as its start and duration, not its middle and duration.
    """

    folder: Path
    name: str
    uid: str
    schema_version: int
    table_rows: dict[str, int]
    content_hash: str
    start_in_xml: bool
    start_in_binary: bool

    def file(self, name: str) -> Path | None:
        """The path of a file of the ASDM, None if it is not there."""
        path = self.folder / name
        return path if path.is_file() else None

    def table_hash(self, table: str) -> str | None:
        """The digest of the files of a table that ``content_hash`` leaves out; None for another."""
        return None if TABLES[table].hashed else _digest(self.folder, [f"{table}{suffix}" for suffix in _SUFFIXES])

    def source(self, file: str) -> str:
        """How errors call a file."""
        return f"{self.name}/{file}"


def find_asdms(path: Path) -> list[Path]:
    """The ASDM folders and tars at or below ``path``, sorted; what only has the name of one is among them. BadRequest if none."""
    if not path.exists():
        raise BadRequest(f"{path} does not exist; expected the folder of an ASDM, a tar of one, or a folder of many")
    found = sorted(_walk(path))
    if not found:
        raise BadRequest(f"{path} holds no ASDM; expected a folder with ASDM.xml, a .tar or .tar.gz of one, or a folder of many")
    return found


def _walk(path: Path) -> set[Path]:
    """Without recursion, since folders may lie deeper in each other than Python calls itself."""
    found: set[Path] = set()
    named: list[Path] = []  # folders with the name of an ASDM, each before those below it
    seen: set[Path] = set()
    left = [(path, path.resolve())]
    while left:
        path, real = left.pop()
        if path.is_file():
            found |= {path} if path.name.endswith(_TARS) else set()
        elif path.is_dir() and real not in seen:
            seen.add(real)
            if (path / "ASDM.xml").exists():
                found.add(path)
            else:
                named += [path] if _NAME.fullmatch(path.name) else []
                left += [(child, _real(child, real / child.name)) for child in _children(path)]
    for folder in reversed(named):
        if not any(folder in below.parents for below in found):
            found.add(folder)
    return found


def _real(path: Path, unless_a_link: Path) -> Path:
    """Where it is; a path is not resolved from its root on where it need not be, which takes seconds at a thousand folders' depth."""
    return path.resolve() if path.is_symlink() else unless_a_link


def _children(path: Path) -> list[Path]:
    try:
        return sorted(path.iterdir(), reverse=True)
    except OSError as error:
        raise BadRequest(f"{path} cannot be searched: {error}") from error


def uid_of_name(path: Path) -> str | None:
    """The uid of the Execution Block that a folder or a tar is named after; None if it is named after none."""
    match = _NAME.fullmatch(path.absolute().name)
    return parse_uid(match[1]) if match else None


def signature(path: Path) -> str:
    """A digest of the sizes and times of what is read of a folder or a tar: another one where it was changed."""
    files = [path] if path.is_file() else [path / name for name in sorted(_FILES)]
    known = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.is_file()]
    return hashlib.sha256(repr(known).encode()).hexdigest()[:16]


@contextmanager
def open_asdm(path: Path) -> Iterator[Asdm]:
    """The ASDM in the folder or tar ``path``, for as long as the context lasts.

    A tar is unpacked, as far as it is needed, into a temporary folder. Raises BrokenAsdm for what is no ASDM, contradicts itself
    about its uid or lacks a table that it must have; BadRequest if ``path`` does not exist.
    """
    if path.is_dir():
        yield _open_folder(path, path.absolute().name, path.absolute().name)
    elif path.is_file():
        with tempfile.TemporaryDirectory(prefix="alma-qa0-") as temporary:
            folder, name = unpack(path, Path(temporary), _FILES)
            yield _open_folder(folder, name, path.name)
    else:
        raise BadRequest(f"{path} does not exist; expected the folder of an ASDM or a tar of one")


def _open_folder(folder: Path, folder_name: str, name: str) -> Asdm:
    if not (folder / "ASDM.xml").is_file():
        raise BrokenAsdm("no such file", source=f"{name}/ASDM.xml", expected="the table of tables of an ASDM")
    try:
        if (folder / "ASDM.xml").stat().st_size > LARGEST_CONTAINER:
            raise BrokenAsdm("is too large", source=f"{name}/ASDM.xml", expected=f"at most {LARGEST_CONTAINER} bytes")
        root = etree.parse(str(folder / "ASDM.xml"), secure_parser()).getroot()
        asdm = _from_container(root, folder, name, _digest(folder, _HASHED))
    except (etree.XMLSyntaxError, OSError) as error:
        raise BrokenAsdm(f"cannot be read: {error}", source=f"{name}/ASDM.xml") from error
    _check_name(name, asdm.uid, name)
    _check_name(folder_name, asdm.uid, name)
    _check_tables(asdm)
    return asdm


def secure_parser() -> etree.XMLParser:
    """A parser that expands no entity, asks no network and takes no document of unbounded depth or size."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True)


def local_name(tag: object) -> str:
    """The name of an element without its namespace; "" for what is no element."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def check_table(asdm: Asdm, table: Table, container: etree._Element, source: str) -> None:
    """Refuses a file whose ContainerEntity, or the element around it, is not that of this table of this Execution Block."""
    root = container.getparent()
    if root is None or local_name(root.tag) != f"{table.name}Table" or root.getroottree().docinfo.doctype:
        raise BrokenAsdm(
            "is not the table", source=source, value=None if root is None else root.tag,
            expected=f"the element {table.name}Table, without a DOCTYPE")
    check_uid(asdm, container.get("entityId", ""), source)


def check_uid(asdm: Asdm, container_uid: str, source: str) -> None:
    if container_uid.lower() != asdm.uid.lower():
        raise BrokenAsdm(
            "the table belongs to another Execution Block", source=source, field="ContainerEntity", value=container_uid,
            expected=asdm.uid)


def _from_container(root: etree._Element, folder: Path, name: str, content_hash: str) -> Asdm:
    source = f"{name}/ASDM.xml"
    if local_name(root.tag) != "ASDM" or root.getroottree().docinfo.doctype:
        raise BrokenAsdm("is not the table of tables", source=source, value=root.tag, expected="the element ASDM, without a DOCTYPE")
    version = _number(_version(root), source, "schemaVersion")
    if version not in SCHEMA_VERSIONS:
        raise BrokenAsdm("unknown schema version", source=source, field="schemaVersion", value=version, expected="2, 3 or 4")
    return Asdm(
        folder=folder, name=name, uid=_entity_uid(root, source), schema_version=version, table_rows=_table_rows(root, source),
        content_hash=content_hash,
        start_in_xml=version == 2 or root.find("{*}startTimeDurationInXML") is not None,
        start_in_binary=version == 2 or root.find("{*}startTimeDurationInBin") is not None)


def _version(root: etree._Element) -> str:
    """What the file says of the schema's version, or where its schema is; early files, of version 2, say neither."""
    location = _SCHEMA_VERSION.search(root.get(_SCHEMA_LOCATION, ""))
    return root.get("schemaVersion") or (location[1] if location else "2")


def _entity_uid(root: etree._Element, source: str) -> str:
    entity = root.find("{*}Entity")
    uid = "" if entity is None else entity.get("entityId", "")
    try:
        return parse_uid(uid)
    except BadRequest:
        raise BrokenAsdm(
            "not the uid of an Execution Block", source=source, field="Entity", value=uid,
            expected="one like uid://A002/Xf8f6a9/X15c79") from None


def _table_rows(root: etree._Element, source: str) -> dict[str, int]:
    rows: dict[str, int] = {}
    for table in root.iterfind("{*}Table"):
        name = (table.findtext("{*}Name") or "").strip()
        if name in rows:
            raise BrokenAsdm("the table is listed twice", source=source, field="Table", value=name)
        rows[name] = _number(table.findtext("{*}NumberRows") or "", source, f"NumberRows of {name}")
    return rows


def _number(text: str, source: str, field: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise BrokenAsdm("not a number", source=source, field=field, value=text, expected=f"a whole number of at most {MOST_DIGITS} digits")
    return int(text)


def _digest(folder: Path, names: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(names):
        path = folder / name
        if path.is_file():
            digest.update(f"{name} {path.stat().st_size}\n".encode())
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
    return digest.hexdigest()


def _check_name(name: str, uid: str, source: str) -> None:
    match = _NAME.fullmatch(name)
    if match and match[1].lower() != file_name(uid).lower():
        raise BrokenAsdm("the name is that of another Execution Block", source=source, field="uid", value=name, expected=file_name(uid))


def _check_tables(asdm: Asdm) -> None:
    """Every table with rows has a file; the tables without which an EB is none have rows."""
    required = {*_REQUIRED, *(["CalData"] if asdm.table_rows.get("CalAtmosphere") else [])}
    for table in TABLES:
        rows = asdm.table_rows.get(table, 0)
        if table in required and not rows:
            raise BrokenAsdm("a required table has no rows", source=asdm.source("ASDM.xml"), field=table, expected="at least one row")
        if rows and not (asdm.file(f"{table}.xml") or asdm.file(f"{table}.bin")):
            raise BrokenAsdm("no such file", source=asdm.source(f"{table}.xml"), expected=f"a table of {rows} rows, as ASDM.xml says")
