"""Writes docs/rules.md from core/rules.py: ``python tools/rules.py``."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import fill

from alma_qa0.core.array_size import USABLE_ANTENNA, USABLE_BASELINE, USABLE_POLARISATION
from alma_qa0.core.rules import RULES, Limit, Rule

PAGE = Path(__file__).parents[1] / "docs" / "rules.md"

INTRODUCTION = """\
# Rules

<!-- Generated from python-lib/alma_qa0/core/rules.py by tools/rules.py; change it there. -->

What is asked of every Execution Block (EB), in this order. A finding is one rule broken in one place: antenna, baseband, polarisation,
scan, as far as each applies.

- **Severity** is that of a finding that stands for itself: *info* is a note and no fault, *warning* wants a look, *severe* costs data.
- **Basis** is what a number is held against: the median of the array in that scan, the receiver's specification, the antenna's own other
  scans, basebands or polarisation (own past), a criterion that the observatory has published, or a limit of ours where there is none.
- **Limits** can be set: `alma-qa0 judge --limit trec_level.high=2.5`, or a file named with `--settings` or `ALMA_QA0_LIMITS`, such
  as `{"limits": {"trec_level.high": 2.5}}`. Every evaluation keeps the limits that it ran with; other limits mean another evaluation.
- **Spectra** are divided by their own level (the median inside the band edges) and by the array's median at each channel; what is left,
  the residual, is flat for a receiver like the others. A spread is 1.4826 times the median absolute deviation. What holds in the
  median over all scans is one finding; what shows in single scans only is a finding of each, with limits 1.25 times as wide.
- **Arrays of fewer than three antennas** have no median: levels are held against what is typical of the receiver band, shapes against
  their own smooth course, polarisations and basebands against each other.
- **Folding**: one cause makes one line. Findings that two thirds of the antennas share belong to the scan, or to the array; those of one
  antenna to the antenna, its polarisation or its baseband, whichever is the least that covers them.
"""
USABLE = (f"- **What can be used**, in every count of antennas and baselines: {USABLE_POLARISATION}; {USABLE_ANTENNA}; {USABLE_BASELINE}. A"
          " proposal names the antennas that cannot be used, and those that lack a polarisation.")


def rules_page() -> str:
    """The page, in Markdown."""
    usable = fill(USABLE, 140, subsequent_indent="  ")
    return "\n".join([f"{INTRODUCTION}{usable}\n", *_contents(), "", *(line for rule in RULES for line in _rule(rule))])


def _contents() -> Iterator[str]:
    yield "| rule | question | severity | basis |"
    yield "|---|---|---|---|"
    for rule in RULES:
        yield f"| [`{rule.id}`](#{rule.id}) | {rule.question} | {rule.severity.value} | {rule.basis.value.replace('_', ' ')} |"


def _rule(rule: Rule) -> Iterator[str]:
    yield f"## {rule.id}\n"
    yield f"{rule.question}\n"
    yield f"- Formula: {_cell(rule.formula)}"
    yield f"- Severity: {rule.severity.value}"
    yield f"- Basis: {rule.basis.value.replace('_', ' ')}"
    yield f"- Source: {rule.source}"
    yield "- Limits:" if rule.limits else "- Limits: none\n"
    if rule.limits:
        yield from (_limit(rule, limit) for limit in rule.limits)
        yield ""


def _limit(rule: Rule, limit: Limit) -> str:
    return f"  - `{rule.id}.{limit.name}` = {limit.default:g}{f' {limit.unit}' if limit.unit else ''}: {_cell(limit.meaning)}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(rules_page())
