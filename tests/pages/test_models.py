"""What the page is made of: no fault that Bokeh could see, and no model more than is needed."""

from bokeh.core.validation.check import check_integrity
from bokeh.document import Document

from alma_qa0.pages import cockpit
from pages.instant import InstantMarts

# One of each would do for the whole page; the summary and the spectra have one each, and what is not theirs may have some.
STATELESS = {"LinearScale": 2, "AllLabels": 2, "BasicTicker": 2, "BasicTickFormatter": 2, "PanTool": 2, "WheelZoomTool": 2, "ResetTool": 2,
             "BoxInteractionHandles": 2, "Scatter": 14, "Quad": 1, "Segment": 1, "Node": 2, "VArea": 1, "Image": 1, "LinearColorMapper": 1}


def page() -> Document:
    document = Document()
    cockpit.build(document, marts=InstantMarts(), arguments={})
    return document


def test_bokeh_finds_no_fault_in_the_document(pool):
    """As it would look for them in each new session, had the page not asked it not to."""
    found = check_integrity(set(page().models))
    assert found.error == []


def test_models_without_a_state_are_made_once_for_all_facets(pool):
    models = [type(model).__name__ for model in page().models]
    assert {name: models.count(name) for name in STATELESS} == STATELESS
