"""The table in which the decisions of astronomers are kept, where it is a table of its own."""

import logging

from alma_qa0.core.fields import DECISION
from alma_qa0.errors import BadRequest, DatabaseRefused
from alma_qa0.jobs.marts import Place
from alma_qa0.store import flow
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident
from alma_qa0.store.tables import Tables, check_columns, create_decisions

_LOG = logging.getLogger(__name__)


def make_table(database: Database, place: Place) -> bool:
    """Makes the table of decisions if there is none, and says whether it did. One of an earlier version gets what it lacks.

    BadRequest where another table stands there, DatabaseRefused where the role of the connection may not make one.
    """
    tables = Tables({DECISION.name: Ident(*place)})
    if flow.present(database, tables, (DECISION,)):
        try:
            check_columns(database, tables, (DECISION.first_layout,))
        except BadRequest as error:
            raise BadRequest(f"{error}. This is no table of decisions: choose another dataset") from error
        try:
            create_decisions(database, tables)
        except DatabaseRefused as error:  # what is there can be read
            _LOG.warning("%s is of an earlier version, and this role may not bring it up to date: %s", ".".join(place), error)
        return False
    try:
        create_decisions(database, tables)
    except DatabaseRefused as error:
        raise DatabaseRefused(
            f"{'.'.join(place)}, the table of decisions, is not there and cannot be made ({error}); expected it to be made once, with a"
            " connection that may make tables, by the macro Make the table of decisions") from error
    return True
