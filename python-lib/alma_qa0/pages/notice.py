"""A page of one sentence, for when there is nothing to show and somebody has to be told why."""

from bokeh.document import Document
from bokeh.models.widgets import Div


def build(document: Document, sentence: str) -> None:
    """Put the sentence on a document, as text."""
    document.title = "alma-qa0"
    document.add_root(Div(name="notice", text=f"{sentence}.", render_as_text=True, styles={"font-size": "1.2em", "margin": "2em"}))
