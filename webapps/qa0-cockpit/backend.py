"""The cockpit in DSS, which runs nothing of this folder but this text, once for every browser session."""

from bokeh.io import curdoc
from bokeh.settings import settings as bokeh_settings

from alma_qa0.core.fields import DECISION, EXECUTION_BLOCK, JUDGEMENT, MARTS
from alma_qa0.errors import QA0Error
from alma_qa0.hosts.dss import database, datasets, parameters, users
from alma_qa0.jobs import decisions, marts
from alma_qa0.pages import cockpit, notice
from alma_qa0.pages.ahead import PAGES
from alma_qa0.settings import PAGE

bokeh_settings.resources = "inline"  # DSS serves the page below a path of its own, where no link to BokehJS is sure to lead

try:
    config = parameters.webapp_config()
    chosen = {EXECUTION_BLOCK.name: parameters.text(config, EXECUTION_BLOCK.name)}
    chosen |= {relation.name: str(config[relation.name]) for relation in (*MARTS, *JUDGEMENT, DECISION) if config.get(relation.name)}
    targets = {name: place.place for name, place in zip(chosen, datasets.kept_locations(*chosen.values()), strict=True)}
    connection = database.DssDatabase(chosen[EXECUTION_BLOCK.name], PAGE)
    if DECISION.name in targets:
        decisions.make_table(connection, targets[DECISION.name])
    user = users.session_user(curdoc().session_context.id)
    cockpit.build(
        curdoc(), marts=marts.marts_in(connection, targets), arguments=curdoc().session_context.request.arguments, judged=True,
        webgl=parameters.boolean(config, "webgl", False), user=user and user.login,
        may_decide=users.may_decide(user, parameters.names(config, "deciders")), ahead=PAGES)
except QA0Error as error:
    notice.build(curdoc(), str(error))
