"""Finds and opens ASDMs: a folder, a tar of one, or a folder of many; what is opened has said who it is and is all there."""

import hashlib
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lxml import etree

from alma_qa0.asdm.schema import TABLES, Table
from alma_qa0.core.blocks import file_name, parse_uid
from alma_qa0.errors import BadRequest, BrokenAsdm

SCHEMA_VERSIONS = (2, 3, 4)
_REQUIRED = ("ExecBlock", "Scan", "Antenna")
_FILES = frozenset({"ASDM.xml", *(f"{table}{suffix}" for table in TABLES for suffix in (".xml", ".bin"))})
_MOST_UNPACKED = 8 << 30  # bytes of all tables of one ASDM, far more than any has; without a limit a small archive can fill the disk
_TARS = (".tar", ".tar.gz", ".tgz")
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

    def source(self, file: str) -> str:
        """How errors call a file."""
        return f"{self.name}/{file}"


def find_asdms(path: Path) -> list[Path]:
    """The ASDM folders and tars at or below ``path``, sorted; what only has the name of one is among them. BadRequest if none."""
    if not path.exists():
        raise BadRequest(f"{path} does not exist; expected the folder of an ASDM, a tar of one, or a folder of many")
    found = sorted(_walk(path, set()))
    if not found:
        raise BadRequest(f"{path} holds no ASDM; expected a folder with ASDM.xml, a .tar or .tar.gz of one, or a folder of many")
    return found


def _walk(path: Path, seen: set[Path]) -> list[Path]:
    if path.is_file():
        return [path] if path.name.endswith(_TARS) else []
    real = path.resolve()
    if real in seen or not path.is_dir():
        return []
    seen.add(real)
    if (path / "ASDM.xml").exists():
        return [path]
    try:
        children = sorted(path.iterdir())
    except OSError as error:
        raise BadRequest(f"{path} cannot be searched: {error}") from error
    below = [found for child in children for found in _walk(child, seen)]
    return below or ([path] if _NAME.fullmatch(path.name) else [])


@contextmanager
def open_asdm(path: Path) -> Iterator[Asdm]:
    """The ASDM in the folder or tar ``path``, for as long as the context lasts.

    A tar is unpacked, as far as it is needed, into a temporary folder. Raises BrokenAsdm for what is no ASDM, contradicts itself
    about its uid or lacks a table that it must have; BadRequest if ``path`` does not exist.
    """
    if path.is_dir():
        yield _open_folder(path, path.absolute().name)
    elif path.is_file():
        with tempfile.TemporaryDirectory(prefix="alma-qa0-") as temporary:
            yield _open_folder(_unpack(path, Path(temporary)), path.name)
    else:
        raise BadRequest(f"{path} does not exist; expected the folder of an ASDM or a tar of one")


def _open_folder(folder: Path, name: str) -> Asdm:
    if not (folder / "ASDM.xml").is_file():
        raise BrokenAsdm("no such file", source=f"{name}/ASDM.xml", expected="the table of tables of an ASDM")
    try:
        root = etree.parse(str(folder / "ASDM.xml"), secure_parser()).getroot()
        asdm = _from_container(root, folder, name, _content_hash(folder))
    except (etree.XMLSyntaxError, OSError) as error:
        raise BrokenAsdm(f"cannot be read: {error}", source=f"{name}/ASDM.xml") from error
    _check_name(name, asdm.uid, name)
    _check_name(folder.name, asdm.uid, name)
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
    version = _number(root.get("schemaVersion", "2"), source, "schemaVersion")  # early files do not say theirs
    if version not in SCHEMA_VERSIONS:
        raise BrokenAsdm("unknown schema version", source=source, field="schemaVersion", value=version, expected="2, 3 or 4")
    return Asdm(
        folder=folder, name=name, uid=_entity_uid(root, source), schema_version=version, table_rows=_table_rows(root, source),
        content_hash=content_hash,
        start_in_xml=version == 2 or root.find("{*}startTimeDurationInXML") is not None,
        start_in_binary=version == 2 or root.find("{*}startTimeDurationInBin") is not None)


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
    if not (text.isascii() and text.isdigit()):
        raise BrokenAsdm("not a number", source=source, field=field, value=text, expected="a whole number")
    return int(text)


def _content_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in sorted(_FILES):
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


# --- tars ----------------------------------------------------------------------------------------------------------------------

def _unpack(path: Path, temporary: Path) -> Path:
    """Writes the tables of the one ASDM in the tar below ``temporary``; the folder that has them."""
    try:
        with tarfile.open(path, "r:" if path.name.endswith(".tar") else "r:gz") as tar:
            unpacked = 0
            for member in tar:
                _check_member(member, path.name)
                if member.isfile() and PurePosixPath(member.name).name in _FILES:
                    unpacked += member.size
                    _check_size(unpacked, member, path.name)
                    _unpack_member(tar, member, temporary, path.name)
    except (tarfile.TarError, EOFError, zlib.error, OSError, ValueError) as error:
        raise BrokenAsdm(f"cannot be unpacked: {error}", source=path.name, expected="a whole .tar or .tar.gz") from error
    folders = sorted(found.parent for found in temporary.rglob("ASDM.xml"))
    if len(folders) != 1:
        raise BrokenAsdm("no ASDM in it, or several", source=path.name, value=len(folders), expected="exactly one ASDM.xml")
    return folders[0]


def _check_member(member: tarfile.TarInfo, source: str) -> None:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or "\\" in member.name:
        raise BrokenAsdm("a member climbs out of its folder", source=source, field="member", value=member.name)
    if not (member.isfile() or member.isdir()):
        raise BrokenAsdm("a member is a link or a device", source=source, field="member", value=member.name, expected="files and folders")


def _check_size(unpacked: int, member: tarfile.TarInfo, source: str) -> None:
    if unpacked > _MOST_UNPACKED:
        raise BrokenAsdm("too large when unpacked", source=source, field="member", value=member.name,
                         expected=f"tables of at most {_MOST_UNPACKED} bytes together")


def _unpack_member(tar: tarfile.TarFile, member: tarfile.TarInfo, temporary: Path, source: str) -> None:
    target = temporary.joinpath(*PurePosixPath(member.name).parts)
    content = tar.extractfile(member)
    if target.exists() or content is None:
        raise BrokenAsdm("a member is there twice", source=source, field="member", value=member.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)


