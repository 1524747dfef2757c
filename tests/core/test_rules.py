import pytest

from alma_qa0.core.rules import DEFAULTS, RULES, limits_from
from alma_qa0.errors import BadSetting


def test_limits_are_the_defaults_but_for_those_that_are_set():
    limits = limits_from({"trec_level.high": "2.5", "birdie.height": 1})
    assert limits["trec_level.high"] == 2.5
    assert {name: value for name, value in limits.items() if name not in ("trec_level.high", "birdie.height")} == {
        name: value for name, value in DEFAULTS.items() if name not in ("trec_level.high", "birdie.height")}


@pytest.mark.parametrize("name", ["trec_level", "trec_level.hight", "", "high"])
def test_a_limit_that_no_rule_has_is_refused_by_name(name):
    with pytest.raises(BadSetting, match=r"docs/rules\.md") as refused:
        limits_from({name: 1.0})
    assert repr(name) in str(refused.value)


@pytest.mark.parametrize("value", ["two", None, True, float("nan"), float("inf"), [2.0], ""])
def test_a_limit_that_is_no_number_is_refused(value):
    with pytest.raises(BadSetting, match="a number"):
        limits_from({"trec_level.high": value})


def test_no_rule_and_no_limit_is_there_twice():
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert len(DEFAULTS) == sum(len(rule.limits) for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_says_what_it_asks_and_where_it_is_from(rule):
    assert rule.question.endswith("?")
    assert rule.formula
    assert rule.source
