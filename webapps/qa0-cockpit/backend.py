"""The cockpit in DSS, which runs nothing of this folder but this text, once for every browser session."""

from bokeh.io import curdoc
from bokeh.settings import settings as bokeh_settings

from alma_qa0.core.fields import MARTS
from alma_qa0.errors import QA0Error
from alma_qa0.hosts import dss
from alma_qa0.jobs import marts
from alma_qa0.pages import cockpit, notice

bokeh_settings.resources = "inline"  # DSS serves the page below a path of its own, where no link to BokehJS is sure to lead

try:
    config = dss.webapp_config()
    places = dss.locations(*(dss.text(config, mart.name) for mart in MARTS))
    targets = {mart.name: (place.schema, place.table) for mart, place in zip(MARTS, places, strict=True)}
    cockpit.build(
        curdoc(), marts=marts.marts_in(dss.DssDatabase(places[0].dataset), targets), arguments=curdoc().session_context.request.arguments,
        webgl=dss.boolean(config, "webgl", False))
except QA0Error as error:
    notice.build(curdoc(), str(error))
