"""How paragraphs fall into sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.briefs.sentences import split

#: sentences of a paragraph, parted by " / "
PARAGRAPHS = [
    "One thing happened. / Another followed.",
    "Was it so? / It was! / Really.",
    "The U.S. Army moved. / It stayed.",
    "They left the U.S. / The drill went on.",
    "A U.S. 5th Fleet spokesman spoke. / No one replied.",
    "U.S. Central Command said so. / U.S. officials agreed.",
    "Gen. Royce Hatherly, 59, briefed at 10:30 a.m. / He left.",
    "It fell to Lt. Col. Danylo Hrytsak. / He answered.",
    "Rear Adm. Calvin Thibodeaux agreed. / So did Maj. Gen. Ann Roe.",
    "Lt. Gen. (Ret.) Harlan Voss spoke. / Maj. (Res.) Eitan Moragh did not.",
    "State TV quoted “Promise 4.” / Brig. Gen. Sohrab Tavakkolian nodded.",
    "It began on Jan. 9 and ended on Feb. 11. / Nobody knows why.",
    "Nothing has come since Oct. 2023. / Ten others were burned.",
    "Talks open in Sept. / The rest can wait.",
    "The deadline is in Dec. Israel agrees with that.",
    "It was set for 4 p.m. / The crossing stayed shut.",
    "It ended by 6:15 a.m. / U.S. forces left.",
    "It came at 4 p.m. Monday in Gaza. / It was late.",
    "It came at 4 p.m. EST on the dot. / It was late.",
    "It came at 7 p.m. Jan. 4 by sea. / It was late.",
    "The No. 3 cable lost power. / Repairs follow.",
    "The answer was no. / Then it was yes.",
    "Notice No. 0117 closed it. / Boats left.",
    "Dr. Ilse Vanterpool and Mr. Okonedo disagree. / Amb. Castonguay does not.",
    "John F. Kennedy and J. R. Oppenheimer met. / George W. Bush did not.",
    "The bill, S. 2296, finds less. / It may pass.",
    "It rose to 3.67 percent. / It was 2.9 before.",
    "It needs 13,773. / The earlier goal was 3,376.",
    "Nobody sails on Highway 2. / No group claimed it.",
    "They counted drones. / 361 were shot down.",
    "They counted the cost. / $2 million is gone.",
    "The army replied. / “We were told 90 days. / It has been 190,” he said.",
    "“A shield is not a shield,” she said. / “A sparrow gets past both.”",
    "He asked, “Why now?” and left. / Nobody knew.",
    "“Why now?” he asked. / Nobody knew.",
    "“Why now?” Harlan Voss asked. / Nobody knew.",
    "“Why now?” / Nobody knew.",
    '"It is over." / "Is it?" / Silence followed.',
    "He called it ‘a test.’ / Others did not.",
    "They spoke (in Riyadh.) / Then they left.",
    "Three steps: (1) hiring is frozen; (2) two lifts are off. / More follow.",
    "It was patched 10 weeks […]",
    "It was patched. […]",
    "The crew […] left the ship. / It sank.",
    "The crew [...] Iran sent left the ship. / It sank.",
    "We waited … / Nothing came.",
    "We waited... and waited. / Nothing came.",
    "St. Petersburg and Ft. Bliss are far apart. / Mt. Hermon is not.",
    "Raytheon Co. and Boeing Corp. won. / Acme Inc. lost.",
    "It went to Acme Inc. / The rest went to others.",
    "She has a Ph.D. from Bonn. / He has none.",
    "Iran vs. Israel is one case. / There are others, e.g. Syria.",
    "Arms, fuel, etc. were found. / They were burned.",
    "Sen. Jones and Rep. Smith object. / Gov. Lee agrees.",
    "1. Freeze hiring at once. / Then wait.",
    "It sits 280 km. / Iran is near.",
    "The toll rose. / al-Qaeda claimed 61 dead.",
    "The UN’s Fifth Committee met. / Iran’s envoy left.",
    "He said so. — John Smith, Fellow",
    "The D.C. police came. / They left D.C. / But it was late.",
    "It is Unit 127. / [Editors cut this.] / It ends.",
    "İstanbul waits. / Ankara’ya gitti. / Çok iyi.",
]


@pytest.mark.parametrize("marked", PARAGRAPHS)
def test_a_paragraph_splits_into_its_sentences(marked: str) -> None:
    sentences = marked.split(" / ")
    text = " ".join(sentences)

    assert sentences == [text[start:end] for start, end in split(text)]


def test_pages_are_counted_at_the_end_of_a_sentence_too() -> None:
    text = "The report ran to 300 pp. It was long."

    assert [text[start:end] for start, end in split(text)] == [
        "The report ran to 300 pp.",
        "It was long.",
    ]


def test_an_empty_paragraph_has_no_sentences() -> None:
    assert split("") == ()
    assert split(" \n ") == ()


def test_a_paragraph_without_a_mark_of_end_is_one_sentence() -> None:
    assert split("No verbs") == ((0, 8),)


@given(st.text() | st.text(alphabet="aA1 .!?…”“'()[]U.S.\n", max_size=200))
def test_every_letter_of_any_text_is_in_exactly_one_sentence(text: str) -> None:
    spans = split(text)

    at = 0
    for start, end in spans:
        assert at <= start < end
        assert not any(map(str.isalnum, text[at:start]))
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not any(map(str.isalnum, text[at:]))
