import base64
import json
import zlib
from datetime import date
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alma_qa0.core.bands import BANDS
from alma_qa0.pages.state import State, parse
from alma_qa0.views.quantities import SPECTRAL, SUMMARY
from alma_qa0.views.selection import Selection
from alma_qa0.views.spectrum_names import SpectrumName
from alma_qa0.views.uid_list import FILTERS

names = st.none() | st.frozensets(
    st.text(st.characters(codec="utf-8", exclude_characters=","), min_size=1).filter(lambda name: name != "none"), max_size=5
)
words = st.text(st.characters(codec="utf-8"), max_size=8)
spectra = st.builds(SpectrumName, st.sampled_from(sorted(BANDS)), words, words, words, st.sampled_from("XY"))
UID = "uid://A002/Xf8f6a9/X15c79"


def array_of(*, antennas=43, basebands=4, calibrations=8):
    """All spectra of an Execution Block, named as the observatory does."""
    return [SpectrumName(6, f"BB_{baseband}", f"DA{antenna}", f"CalData_{12 + 3 * calibration}", polarisation)
            for baseband in range(1, basebands + 1) for antenna in range(41, 41 + antennas) for calibration in range(calibrations)
            for polarisation in "XY"]


days = st.tuples(st.none() | st.dates(), st.none() | st.dates()).filter(lambda pair: None in pair or pair[0] <= pair[1])


@st.composite
def states(draw):
    first, last = draw(days)
    return State(
        uid=draw(st.none() | st.from_regex(r"uid://A00[0-9]/X[0-9a-f]{1,8}/X[0-9a-f]{1,6}", fullmatch=True)), first=first, last=last,
        search=draw(st.text(st.characters(codec="utf-8", exclude_characters="\0"))), qa0=draw(st.sampled_from(list(FILTERS))),
        selection=Selection(draw(st.none() | st.sampled_from(sorted(BANDS))), draw(names), draw(names), draw(names),
                            draw(st.none() | st.frozensets(st.sampled_from("XY")))),
        summary_quantity=draw(st.sampled_from([each.name for each in SUMMARY])), x_against_y=draw(st.booleans()),
        spectra_quantity=draw(st.sampled_from([each.name for each in SPECTRAL])),
        **draw(st.sampled_from([{}, {"selected": spectra}, {"numbered": st.integers(0, 60_000)}]).flatmap(
            lambda kind: st.fixed_dictionaries({name: st.frozensets(one, max_size=20) for name, one in kind.items()}))))


def opened(query: str):
    """What a server makes of the address."""
    return parse({name: [value.encode() for value in values] for name, values in parse_qs(query, keep_blank_values=True).items()})


@given(states())
def test_a_link_opens_the_same_view(state):
    assert opened(state.query()) == (state, [])


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "uid",
                "from",
                "to",
                "search",
                "qa0",
                "band",
                "antennas",
                "basebands",
                "scans",
                "polarisations",
                "plot",
                "axes",
                "spectra",
                "selected",
                "theme",
                "bokeh-autoload-element",
            ]
        ),
        st.lists(st.binary(), max_size=2),
    )
)
def test_nonsense_in_a_link_is_left_out_with_a_sentence_and_never_an_error(arguments):
    state, complaints = parse(arguments)
    assert opened(state.query()) == (state, [])
    assert all(sentence.startswith("The link's ") and sentence.endswith(".") for sentence in complaints)


@pytest.mark.parametrize(("query", "sentence"), [
    ("uid=X1fb2", "The link's uid was left out: 'X1fb2' is not the uid of an Execution Block such as uid://A002/Xf8f6a9/X15c79."),
    ("from=12.7.2025", "The link's from was left out: '12.7.2025' is not a day such as 2025-07-12."),
    ("to=tomorrow", "The link's to was left out: 'tomorrow' is not a day such as 2025-07-12."),
    ("from=2025-07-12&to=2025-07-11", "The link's from and to were left out: 2025-07-12 is after 2025-07-11."),
    ("band=11", "The link's band was left out: '11' is not a receiver band."),
    ("band=six", "The link's band was left out: 'six' is not a receiver band."),
    ("qa0=passed", "The link's qa0 was left out: 'passed' is not one of all, to decide, with findings, with severe ones, Pass, SemiPass, "
                   "Fail, Pending."),
    ("antennas=%2C", "The link's antennas was left out: ',' is not names parted by commas."),
    ("plot=phase", "The link's plot was left out: 'phase' is not one of trec, tsys, tatm, tau, water."),
    ("axes=yx", "The link's axes was left out: 'yx' is not one of time, xy."),
    ("spectra=tau", "The link's spectra was left out: 'tau' is not one of trec, tsys."),
    ("selected=%21", "The link's selected was left out: '!' is not a selection of points that came whole."),
])
def test_what_makes_no_sense_is_told_in_a_plain_sentence(query, sentence):
    assert opened(query) == (State(), [sentence])


def test_a_sentence_about_a_long_text_stays_short():
    (sentence,) = opened(f"uid={'x' * 5_000}")[1]
    assert len(sentence) < 200


@pytest.mark.parametrize("state", [State(selected=frozenset(array_of()[::7])), State(numbered=frozenset(range(0, 2_000, 7)))])
def test_a_link_that_was_cut_short_selects_nothing_instead_of_something_else(state):
    whole = state.query().removeprefix("selected=")
    for length in range(1, len(whole)):
        cut, complaints = opened(f"selected={whole[:length]}")
        assert (cut.selected, cut.numbered) == (None, None)
        assert len(complaints) == 1


def packed(octets):
    return base64.urlsafe_b64encode(zlib.compress(octets)).decode()


@pytest.mark.parametrize("selected", [
    packed(b"\xff" * 100_000_000), "2." + packed(b"[[[6,\"BB_1\"]],[\"DA41\"],[\"CalData_1\"]]\n" + b"\xff" * 100_000_000),
    "2." + packed(json.dumps([[[6, "BB_1"]], ["DA41"], ["CalData_1"]]).encode() + b"\n\x04"),  # a third spectrum, of two
    "2." + packed(b"[" * 90_000 + b"\n\0"), "2." + packed(b"[[],[]]\n\0"), "2." + packed(b"[[],[],[]]"), "2." + packed(b"[[],[1],[]]\n\0"),
    "2." + packed(b'[[[6,"\\ud800"]],[],[]]\n\0'), "2." + packed(b'[[["6","BB_1"]],[],[]]\n\0'), "2." + packed(b"\xff\n\0"), "3.abc",
], ids=lambda text: text[:20])
def test_a_selection_that_no_page_has_made_is_left_out_with_a_sentence(selected):
    state, complaints = opened(f"selected={selected}")
    assert state == State()
    assert len(complaints) == 1


def test_a_selection_of_everything_fits_in_an_address():
    assert len(State(uid=UID, selected=frozenset(array_of())).query()) < 400
    assert len(State(uid=UID, selected=frozenset(array_of()[::3])).query()) < 1_000
    assert len(State(uid=UID, selected=frozenset(array_of(antennas=66, calibrations=20)[::7])).query()) < 2_000


def test_an_antenna_and_a_calibration_are_few_letters():
    for at, name in ((2, "DA44"), (3, "CalData_15")):
        assert len(State(uid=UID, selected=frozenset(each for each in array_of() if each[at] == name)).query()) < 400
    assert len(State(uid=UID, selected=frozenset(array_of()[:1])).query()) < 150


@pytest.mark.parametrize(("selected", "numbers"), [
    ("eJxjZAAAAAQAAg", {0}), ("eNpjcmAgDAQACcIAUw", {1, 14, 300}), ("eNr7_38U0AIAAPMGVrg", range(2_752)),
])
def test_a_selection_that_0_1_0_packed_is_understood_as_numbers(selected, numbers):
    assert opened(f"selected={selected}") == (State(numbered=frozenset(numbers)), [])


def test_the_page_as_it_opens_has_an_empty_query():
    assert State().query() == ""


def test_a_uid_that_ends_in_d_keeps_its_d():
    assert opened("uid=uid://A002/X1/Xd")[0].uid == "uid://A002/X1/Xd"
    assert State(uid="uid://A002/X1/Xd").query() == "uid=uid://A002/X1/Xd"


def test_none_of_them_is_kept_apart_from_all_of_them():
    assert opened("antennas=none")[0].selection.antennas == frozenset()
    assert opened("antennas=")[0].selection.antennas is None


def test_days_are_those_of_the_link():
    assert opened("from=2025-07-08&to=2025-07-12")[0] == State(first=date(2025, 7, 8), last=date(2025, 7, 12))
