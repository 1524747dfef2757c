"""What the forms of the recipes offer to choose from. DSS runs ``do`` whenever it shows one."""

from alma_qa0.hosts.dss import database, datasets
from alma_qa0.jobs import choices
from alma_qa0.settings import PAGE

ROLES = ("execution_block", "cal_atmosphere")  # the input that has every Execution Block


def do(payload, config, plugin_config, inputs):
    """The choices of one parameter; none before an input is chosen."""
    if payload["parameterName"] == "limit_names":
        return answer(choices.limits())
    given = {one["role"]: one["fullName"] for one in inputs or []}
    role = next((role for role in ROLES if role in given), None)
    if role is None:
        return answer([])
    place = datasets.location(given[role])
    return answer(choices.offered(database.DssDatabase(place.dataset, PAGE), role, place.place, payload["parameterName"]))


def answer(offered):
    return {"choices": [{"value": value, "label": label} for value, label in offered]}
