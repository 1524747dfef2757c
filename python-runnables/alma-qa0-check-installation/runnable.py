"""Checks this installation: the database, the datasets, their rows and the packages, each in a line with what to do."""

from alma_qa0.core.fields import DECISION, JUDGEMENT, MARTS
from alma_qa0.hosts.dss import database, datasets, parameters
from alma_qa0.hosts.dss.macros import Runnable, result_table
from alma_qa0.jobs import installation, marts

SOURCE = "cal_atmosphere"
NAMES = (SOURCE, *(relation.name for relation in (*MARTS, *JUDGEMENT, DECISION)))


class CheckInstallation(Runnable):
    """DSS makes one with the parameters, and runs it once."""

    def __init__(self, project_key, config, plugin_config):
        self.chosen = {name: parameters.dataset(config, name, project_key) for name in NAMES if config.get(name)}

    def get_progress_target(self):
        return None

    def run(self, progress_callback):
        found, refused = datasets.located(self.chosen)
        lines = installation.check_packages() + installation.refused(refused)
        if found:
            places = {name: location.place for name, location in found.items()}
            installed = installation.Installed(
                places, books={mart.name: marts.bookkeeping(places[mart.name]) for mart in MARTS if mart.name in places},
                source=places.get(SOURCE), catalogued={name: datasets.columns(self.chosen[name]) for name in found})
            connection = database.DssDatabase(next(iter(found.values())).dataset)
            lines += installation.check(connection, installed)
        return result_table("Installation", installation.COLUMNS, map(installation.row, lines))
