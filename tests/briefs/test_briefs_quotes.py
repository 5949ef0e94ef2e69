"""Who said what."""

import pytest

from alertbot.model import Zone

WORDS = "It is not money. It is one “seeker” supplier."
SAID = f"“{WORDS}”"

ATTRIBUTIONS = [
    (f"{SAID} — <strong>Ann Roe</strong>, Senior Fellow", "Ann Roe", "Senior Fellow"),
    (f"{SAID} – <strong>Ann Roe</strong>, Senior Fellow", "Ann Roe", "Senior Fellow"),
    (f"{SAID} - <strong>Ann Roe</strong>, Senior Fellow", "Ann Roe", "Senior Fellow"),
    (f"{SAID}&mdash;<b>Ann Roe,</b> Senior Fellow", "Ann Roe", "Senior Fellow"),
    (f"{SAID} <strong>Ann Roe</strong>, Senior Fellow", "Ann Roe", "Senior Fellow"),
    (f"{SAID} <strong>Ann Roe</strong> Senior Fellow", "Ann Roe", "Senior Fellow"),
    (f"{SAID} <strong>Ann Roe, Senior Fellow</strong>", "Ann Roe", "Senior Fellow"),
    (f"{SAID} — <strong>Ann Roe</strong> (Senior Fellow)", "Ann Roe", "Senior Fellow"),
    (f"{SAID}, <strong>Ann Roe</strong>", "Ann Roe", None),
    (f"{SAID}<br>— <strong>Ann Roe</strong>, Senior Fellow", "Ann Roe", "Senior Fellow"),
    (f"<strong>Ann Roe</strong>, Senior Fellow — {SAID}", "Ann Roe", "Senior Fellow"),
    (f"<strong>Ann Roe</strong>, Senior Fellow: {SAID}", "Ann Roe", "Senior Fellow"),
    (f"<strong>Ann Roe, Senior Fellow:</strong> {SAID}", "Ann Roe", "Senior Fellow"),
    (f"<strong>Ann Roe</strong>: {SAID}", "Ann Roe", None),
    (f"Ann Roe, Senior Fellow: {SAID}", "Ann Roe", "Senior Fellow"),
    (f"{SAID} — Ann Roe, Senior Fellow", "Ann Roe", "Senior Fellow"),
    (f"{SAID} Ann Roe, Senior Fellow", "Ann Roe", "Senior Fellow"),
    (f"{SAID} Ann Roe Senior Fellow", "Ann Roe", "Senior Fellow"),
    (f"{SAID} said Ann Roe, Senior Fellow", "Ann Roe", "Senior Fellow"),
    (f"{SAID} — Ann Roe", "Ann Roe", None),
    (f"{SAID} — Ann Roe – Senior Fellow", "Ann Roe", "Senior Fellow"),
    (
        f"{SAID} — RADM (Ret.) Mark Roe, Senior Director of the Center on Cyber",
        "RADM (Ret.) Mark Roe",
        "Senior Director of the Center on Cyber",
    ),
    (
        f"{SAID} <strong>Lt. Gen. (Ret.) Harlan Voss</strong>, Chairman, Center on Force Posture",
        "Lt. Gen. (Ret.) Harlan Voss",
        "Chairman, Center on Force Posture",
    ),
    (
        f"{SAID} — <strong>Dr. Ilse van der Pool</strong>, Editor of FDD’s Long War Journal",
        "Dr. Ilse van der Pool",
        "Editor of FDD’s Long War Journal",
    ),
    (f"{SAID} — <strong>Ann Hsin-Lee</strong>, Director", "Ann Hsin-Lee", "Director"),
    (f"{SAID} — Martin Roe, Jr., Fellow", "Martin Roe, Jr.", "Fellow"),
    (f"<strong>Dr. Ilse Roe</strong> Director of Arms: {SAID}", "Dr. Ilse Roe", "Director of Arms"),
]


@pytest.mark.parametrize(("paragraph", "speaker", "role"), ATTRIBUTIONS)
def test_an_expert_is_quoted_by_name_and_role(read, paragraph, speaker, role):
    brief = read(f"<h2>Expert Analysis</h2><p>{paragraph}</p>")

    assert [(WORDS, speaker, role)] == [(q.words, q.speaker, q.role) for q in brief.quotes]
    assert brief.text[brief.quotes[0].start : brief.quotes[0].end] == WORDS


@pytest.mark.parametrize(("paragraph", "speaker", "role"), ATTRIBUTIONS)
def test_an_attribution_is_a_byline_of_its_own(read, paragraph, speaker, role):
    brief = read(f"<h2>Expert Analysis</h2><p>{paragraph}</p>")
    blocks = {block.zone: brief.text[block.start : block.end] for block in brief.blocks[1:]}

    assert {Zone.QUOTE, Zone.BYLINE} == set(blocks)
    assert blocks[Zone.QUOTE] == SAID
    assert speaker in blocks[Zone.BYLINE]
    assert (role or "") in blocks[Zone.BYLINE]


@pytest.mark.parametrize(
    "paragraph",
    ['"It is over." — <b>Ann Roe</b>, Fellow', "„It is over.“ — <b>Ann Roe</b>, Fellow"],
)
def test_straight_and_low_marks_quote_too(read, paragraph):
    quote = read(f"<h2>Expert Analysis</h2><p>{paragraph}</p>").quotes[0]

    assert (quote.words, quote.speaker, quote.role) == ("It is over.", "Ann Roe", "Fellow")


def test_plain_text_quotes_by_name_and_role(read):
    brief = read('Expert Analysis\n\n"It is over." — Ann Roe, Fellow', is_html=False)

    assert [(q.words, q.speaker) for q in brief.quotes] == [("It is over.", "Ann Roe")]


def test_names_may_stand_above_their_quotations(read):
    brief = read(
        "<h2>Expert Analysis</h2><p><b>Ann Roe</b>, Fellow</p><p>“One.”</p>"
        "<p><b>Bo Lee</b>, Editor</p><p>“Two.”</p>"
    )
    assert [(q.words, q.speaker, q.role) for q in brief.quotes] == [
        ("One.", "Ann Roe", "Fellow"),
        ("Two.", "Bo Lee", "Editor"),
    ]


def test_names_may_be_headings_above_their_quotations(read):
    brief = read(
        "<h2>Expert Analysis</h2><h3>Ann Roe, Fellow</h3><p>“One.”</p>"
        "<h3>Old Scores</h3><p>It is.</p>"
    )

    assert [(q.speaker, q.role) for q in brief.quotes] == [("Ann Roe", "Fellow")]
    assert [b.zone for b in brief.blocks[1:]] == ["byline", "quote", "background", "background"]


def test_names_may_stand_below_their_quotations(read):
    brief = read(
        "Expert Analysis\n\n“One.”\n\nAnn Roe, Fellow\n\n“Two.”\n\n— Bo Lee\n", is_html=False
    )
    assert [(q.words, q.speaker, q.role) for q in brief.quotes] == [
        ("One.", "Ann Roe", "Fellow"),
        ("Two.", "Bo Lee", None),
    ]


def test_a_quotation_stands_out_without_an_expert_section(read):
    brief = read(
        "<p>Jets hit a workshop.</p><p>“They are testing.” — <strong>Ann Roe</strong>, Fellow</p>"
    )
    assert [block.zone for block in brief.blocks] == ["title", "lead", "quote", "byline"]
    assert brief.quotes[0].speaker == "Ann Roe"


@pytest.mark.parametrize(
    "paragraph",
    [
        "“We were told 90 days. It has been 190,” he said.",
        "“We measure them in hundreds,” Lt. Col. Danylo Hrytsak, a spokesman, told reporters. Ann "
        "Roe, a fellow, noted that Kyiv has six. “A shield is not a shield,” she said.",
        "“The law says 11,” <strong>Iran’s</strong> envoy said in Geneva.",
        "Gen. Hatherly called the risk “moderate and rented by the month.”",
        "The caption read: “Promise 4.”",
    ],
)
def test_reported_speech_in_a_report_is_no_expert_quotation(read, paragraph):
    brief = read(f"<p>Jets hit a workshop.</p><p>{paragraph}</p>")

    assert brief.quotes == ()
    assert [block.zone for block in brief.blocks] == ["title", "lead", "body"]


def test_a_heading_after_the_quotations_is_no_speaker(read):
    brief = read(
        "<h2>Expert Analysis</h2><p>“Nobody knows.”</p><h2>Four Operations Since 2016</h2>"
        "<p>Turkey has mounted four.</p>"
    )
    assert brief.quotes == ()
    assert [b.zone for b in brief.blocks] == ["title", "quote", "background", "background"]


@pytest.mark.parametrize(
    "line",
    [
        "<p><b>Related Analysis</b></p><p>“A Piece,” by Bo Lee</p>",
        "<p><b>Issues:</b> Iran, Cyber</p>",
        "<p>Media inquiries: press@example.org</p>",
        "<p><b>251 Hostages, One in Gaza</b></p>",
    ],
)
def test_what_follows_an_unattributed_quotation_is_not_its_speaker(read, line):
    brief = read(f"<h2>Expert Analysis</h2><p>“Nobody knows.”</p>{line}")

    assert brief.quotes == ()
    assert brief.blocks[1].zone == "quote"


def test_a_kicker_before_reported_speech_is_no_speaker(outline):
    assert outline(
        "<p>Jets hit a workshop.</p><p><b>Why It Matters:</b> “The strait is closed.”</p>"
    ) == ["lead: Jets hit a workshop.", "body# Why It Matters:", "body: “The strait is closed.”"]


@pytest.mark.parametrize("tail", ["The minister then left the room.", "He has 12 more."])
def test_a_sentence_after_a_quotation_is_no_speaker(read, tail):
    assert read(f"<h2>Expert Analysis</h2><p>“Nobody knows.” {tail}</p>").quotes == ()


def test_two_experts_may_say_one_thing(read):
    paragraph = "“It is over.” — <strong>Ann Roe and Max Poe</strong>, Research Fellows"

    (quote,) = read(f"<h2>Expert Analysis</h2><p>{paragraph}</p>").quotes

    assert (quote.speaker, quote.role) == ("Ann Roe and Max Poe", "Research Fellows")
