from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from store_samples import MISSILES, Desk, alert

from alertbot.model import Brief, Evidence, Summary
from alertbot.store.alerts import BRIEF, EVIDENCE, SUMMARY

# what UTF-8 can say: a lone surrogate is no text
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
INSTANTS = st.datetimes(timezones=st.just(UTC))


def documents(kind: type) -> st.SearchStrategy[object]:
    with_text = st.register_type_strategy
    with_text(str, TEXTS)
    with_text(float, NUMBERS)
    with_text(datetime, INSTANTS)
    return st.from_type(kind)


def comes_back(kind: TypeAdapter[object], document: object) -> None:
    assert document == kind.validate_json(kind.dump_json(document))


@given(documents(Brief))
def test_a_brief_comes_back_as_it_was(brief: Brief) -> None:
    comes_back(BRIEF, brief)


@given(documents(Summary))
def test_a_summary_comes_back_as_it_was(summary: Summary) -> None:
    comes_back(SUMMARY, summary)


def test_a_summary_of_a_version_that_shortened_nothing_can_be_read() -> None:
    old = '{"sentences": [], "figures": [], "key_figures": []}'

    assert SUMMARY.validate_json(old).shortened == ()


@given(st.lists(documents(Evidence)).map(tuple))
def test_evidence_comes_back_as_it_was(evidence: tuple[Evidence, ...]) -> None:
    comes_back(EVIDENCE, evidence)


async def test_an_alert_is_delivered_as_it_was_published(desk: Desk) -> None:
    published = alert("“smart” quotes, Ünïcode and 🚀", MISSILES)
    await desk.subscribe(11)
    await desk.publish(published)

    [delivery] = await desk.claim()

    assert published == delivery.content
