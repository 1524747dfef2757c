"""Makes the table in which the page keeps decisions, and tells DSS its columns."""

from alma_qa0.core.fields import DECISION
from alma_qa0.hosts.dss import database, datasets, parameters
from alma_qa0.hosts.dss.macros import Runnable
from alma_qa0.jobs import decisions, marts


class MakeDecisions(Runnable):
    """DSS makes one with the parameters, and runs it once."""

    def __init__(self, project_key, config, plugin_config):
        self.dataset = parameters.dataset(config, "decision", project_key)

    def get_progress_target(self):
        return None

    def run(self, progress_callback):
        place = datasets.location(self.dataset)
        made = decisions.make_table(database.DssDatabase(place.dataset), place.place)
        datasets.write_schema(place.dataset, marts.described(DECISION))
        return f"<p>{'Made' if made else 'There already'}: the table of decisions.</p>"
