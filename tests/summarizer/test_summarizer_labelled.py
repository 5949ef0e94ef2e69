"""Sentences labelled before they were read by the grammar: tests/data/figures.tsv.

A line is a sentence, a tab, and its figures as "text = value | qualifier | unit | kind", parted by
" ;; ", or "none". A third column names a case that is beyond the grammar, and why.
"""

from pathlib import Path
from typing import NamedTuple

import pytest

from alertbot.model import Figure, Zone
from alertbot.summarizer import summarize

LABELS = Path(__file__).parents[1] / "data" / "figures.tsv"


class Case(NamedTuple):
    sentence: str
    expected: list[str]
    limit: str


def cases():
    for line in LABELS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            sentence, expected, *limit = line.split("\t")
            figures = [] if expected == "none" else expected.split(" ;; ")
            yield Case(sentence, figures, limit[0].removeprefix("limit: ") if limit else "")


def as_params():
    params = []
    for case in cases():
        marks = [pytest.mark.xfail(reason=case.limit, strict=True)] if case.limit else []
        params.append(pytest.param(case, id=case.sentence, marks=marks))
    return params


def said(figure: Figure) -> str:
    value = figure.value
    if isinstance(value, tuple):
        number = f"{value[0]:.13g} to {value[1]:.13g}"
    else:
        number = "?" if value is None else f"{value:.13g}"
    meant = figure.qualifier or "-"
    return f"{figure.text} = {number} | {meant} | {figure.unit} | {figure.kind}"


@pytest.mark.parametrize("case", as_params())
def test_a_labelled_sentence_has_these_figures_and_no_others(brief_of, case):
    figures = summarize(brief_of((Zone.LEAD, case.sentence))).figures

    assert [said(figure) for figure in figures] == case.expected


def test_the_set_is_large_and_its_known_limits_are_few():
    found = list(cases())

    assert len(found) >= 200
    assert len({case.sentence for case in found}) == len(found)
    assert sum(bool(case.limit) for case in found) <= 10
    assert sum(not case.expected for case in found) >= 50
