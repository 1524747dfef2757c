from bokeh.document import Document

from alma_qa0.pages import notice


def test_a_notice_is_text_and_no_html():
    document = Document()
    notice.build(document, "<b>no</b> dataset")
    (root,) = document.roots
    assert (root.text, root.render_as_text, root.name) == ("<b>no</b> dataset.", True, "notice")
