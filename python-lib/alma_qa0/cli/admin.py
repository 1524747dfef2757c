"""``alma-qa0 admin``: the plugin on an instance of DSS - put there, brought up to date, looked at, taken away."""

import argparse
import math
import os
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from alma_qa0 import __version__
from alma_qa0.cli.common import DONE, MISUSED, REFUSED, say
from alma_qa0.errors import BadSetting
from alma_qa0.settings import Settings

_ARCHIVE = Path("dist") / f"dss-plugin-alma-qa0-{__version__}.zip"
_SECONDS = 1800.0
_KEY_OPTIONS = ("--api-key", "--apikey", "--key", "--token", "--password")  # refused; unknown, they would be repeated with the key


def add_to(commands) -> None:  # type: ignore[no-untyped-def]
    """Adds the command to the parser."""
    admin = commands.add_parser("admin", allow_abbrev=False,
                                help="the plugin on an instance of Dataiku DSS: install, upgrade, status, uninstall")
    admin.add_argument(*_KEY_OPTIONS, action=_NoKeyHere, help=argparse.SUPPRESS)
    actions = admin.add_subparsers(required=True, metavar="ACTION")
    for name, run, help_ in (
        ("install", _install, "put the plugin there, or bring it to the archive's version, with its code environment"),
        ("upgrade", _upgrade, "the same for a plugin that is there already; the backends of its webapps are restarted"),
        ("status", _status, "what is there: versions, code environment, usages, webapps; exit code 1 where something is missing"),
        ("uninstall", _uninstall, "take the plugin and its code environment away, unless it is used"),
    ):
        action = actions.add_parser(name, allow_abbrev=False, parents=[_instance_options()], help=help_)
        action.set_defaults(command=_uninterrupted, action=run, database=None)
        if name != "uninstall":
            action.add_argument("--archive", type=Path, metavar="ZIP", help=f"what make plugin wrote (default: {_ARCHIVE})")
            action.add_argument("--project", nargs="+", default=(), metavar="KEY", help="webapps of these projects only (default: of all)")
        else:
            action.add_argument("--force", action="store_true", help="even if it is used: what uses it breaks")
        if name in ("install", "upgrade"):
            action.add_argument("--python", metavar="VERSION",
                                help="Python of the code environment, such as 3.11 (default: the plugin's first)")
            action.add_argument("--reinstall", action="store_true",
                                help="upload even what is there already, or is older than what is there")


def _instance_options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--host", required=True, metavar="URL", help="DSS, such as https://dss.example.org")
    options.add_argument("--api-key-file", required=True, type=Path, metavar="FILE",
                         help="a file with the API key of an administrator in it, that only you can read")
    options.add_argument(*_KEY_OPTIONS, action=_NoKeyHere, help=argparse.SUPPRESS)
    options.add_argument("--timeout", type=_seconds, default=_SECONDS, metavar="SECONDS",
                         help="the longest wait for one task of DSS (default: %(default)g)")
    trust = options.add_mutually_exclusive_group()
    trust.add_argument("--ca", type=Path, metavar="FILE", help="trust DSS by this certificate (PEM), instead of the known authorities")
    trust.add_argument("--insecure", action="store_true", help="trust any certificate: whoever stands between can read the key")
    options.add_argument("--verbose", action="store_true", help="say more of what is done")
    return options


class _NoKeyHere(argparse.Action):
    """Refuses a key on the command line, without repeating it."""

    def __call__(self, parser, _namespace, _key, option: str | None = None) -> None:  # type: ignore[no-untyped-def]
        parser.exit(MISUSED, f"alma-qa0: {option}: everybody on this machine can read a command line; expected --api-key-file FILE\n")


def _uninterrupted(settings: Settings, options: argparse.Namespace) -> int:
    """The action; where it is interrupted, what that leaves."""
    try:
        return int(options.action(settings, options))
    except KeyboardInterrupt:
        say("alma-qa0: interrupted; DSS goes on with what it has begun: admin status tells how it ended, and the same command with"
            " --reinstall does the rest")
        return REFUSED


def _install(_settings: Settings, options: argparse.Namespace, *, must_be_there: bool = False) -> int:
    from alma_qa0.hosts import dss_plugin

    archive = dss_plugin.read_archive(options.archive or _ARCHIVE)
    dss_plugin.interpreter_of(archive, options.python)
    changed = dss_plugin.install(_connected(options), archive, say=say, python=options.python, reinstall=options.reinstall,
                                 must_be_there=must_be_there, projects=options.project)
    say("done" if changed else "nothing to do: everything is as it should be")
    return DONE


def _upgrade(settings: Settings, options: argparse.Namespace) -> int:
    return _install(settings, options, must_be_there=True)


def _status(_settings: Settings, options: argparse.Namespace) -> int:
    from alma_qa0.hosts import dss_plugin

    path = options.archive or (_ARCHIVE if _ARCHIVE.is_file() else None)
    archive = dss_plugin.read_archive(path) if path else None
    found = dss_plugin.status(_connected(options), options.project)
    for line in _told(found, archive):
        print(line)
    as_archived = archive is None or (found.installed is not None and found.installed.version == archive.version)
    return DONE if found.is_complete and as_archived else REFUSED


def _told(found, archive) -> Iterator[str]:  # type: ignore[no-untyped-def]
    """The status as lines, each a word and what there is."""
    installed = found.installed
    plugin = "not installed" if installed is None else installed.version + (" (development)" if installed.is_development else "")
    yield f"plugin      {plugin}" + (f"; {archive.path.name} holds {archive.version}" if archive else "")
    if installed is None:
        return
    yield f"code env    {_environment(found)}"
    yield f"usages      {found.unlisted or len(found.usages)}"
    yield from (f"            {usage}" for usage in found.usages)
    yield f"webapps     {len(found.webapps)}"
    yield from (f"            {webapp}: {'running' if webapp.running else 'not running'}" for webapp in found.webapps)
    if found.unseen:
        yield f"not seen    webapps of {', '.join(found.unseen)}: this API key may not look into them"


def _environment(found) -> str:  # type: ignore[no-untyped-def]
    if found.bound is None:
        return "none is set"
    if not found.seen:
        return f"{found.bound}; whether it is there is not known, this API key may not see code environments"
    if found.environment is None:
        return f"{found.bound} is set, but not there"
    return f"{found.bound} ({found.environment.interpreter or 'Python not told'})"


def _uninstall(_settings: Settings, options: argparse.Namespace) -> int:
    from alma_qa0.hosts import dss_plugin

    changed = dss_plugin.uninstall(_connected(options), say=say, force=options.force)
    say("done" if changed else "nothing to do: the plugin is not there")
    return DONE


def _connected(options: argparse.Namespace):  # type: ignore[no-untyped-def]
    from alma_qa0.hosts import dss_admin

    if options.ca is not None and not options.ca.is_file():
        raise BadSetting("--ca", str(options.ca), "a file with certificates (PEM)")
    api_key = _api_key(options.api_key_file)
    dss = dss_admin.connect(options.host, api_key, seconds=options.timeout, ca=options.ca, insecure=options.insecure)
    parts = urlsplit(dss.host)
    if options.insecure:
        warnings.filterwarnings("ignore", message="Unverified HTTPS request")  # said once, below, and in our words
        say("the certificate of DSS is not checked (--insecure)")
    elif parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        say(f"{dss.host} is not encrypted: whoever stands between can read the key")
    return dss


def _api_key(path: Path) -> str:
    """The key in a file; what is told of a file that cannot be used is never the key, even if that was given for the path."""
    expected = "a file of one line, the API key, that only you can read (chmod 600)"
    try:
        with path.open(encoding="ascii") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(4096).strip() if not mode & stat.S_IRWXO else ""
    except OSError as problem:
        raise BadSetting("--api-key-file", f"a path that cannot be read ({problem.strerror})", expected) from None
    except UnicodeDecodeError:
        raise BadSetting("--api-key-file", f"{path.name}, which holds no plain text", expected) from None
    if mode & stat.S_IRWXO:
        raise BadSetting("--api-key-file", f"{path.name}, which everybody can read or write ({stat.filemode(mode)})", expected)
    if not text or not text.isprintable() or " " in text:
        raise BadSetting("--api-key-file", f"{path.name}, which holds no key or more than one", expected)
    if mode & stat.S_IRWXG:
        say(f"--api-key-file: a group can read or write {path.name} ({stat.filemode(mode)}); expected nobody but you (chmod 600)")
    return text


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; expected seconds, such as 600")
    return seconds
