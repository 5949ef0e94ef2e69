"""Which part of a brief each paragraph belongs to, layout by layout."""

import pytest

STORY = "Jets hit a workshop near the river on Monday, killing five fighters, the army said."
PAST = "The group has fired hundreds of rockets since the war began, and the army has answered."


def test_a_classic_brief_has_lead_quotes_background_and_related_links(outline):
    assert [
        f"lead: {STORY}",
        "quote: “They are testing us.”",
        "byline: Ann Roe, Senior Fellow",
        "background# More Than 150 Attacks",
        f"background: {PAST}",
        "related: “An Old Piece,” by Ann Roe",
    ] == outline(
        f"""
        <h2>Latest Developments</h2><p>{STORY}</p>
        <h2>Expert Analysis</h2>
        <p>“They are testing us.” — <strong>Ann Roe</strong>, Senior Fellow</p>
        <h2>More Than 150 Attacks</h2><p>{PAST}</p>
        <h2>Related Analysis</h2><p><a href="/x">“An Old Piece,”</a> by Ann Roe</p>
        """
    )


def test_bold_paragraphs_are_headings_too(outline):
    assert [
        f"lead: {STORY}",
        "quote: “They are testing us.”",
        "byline: Ann Roe, Senior Fellow",
        "background# More Than 150 Attacks",
        f"background: {PAST}",
    ] == outline(
        f"""
        <p><strong>Latest Developments</strong></p><p>{STORY}</p>
        <p><b>Expert Analysis:</b></p>
        <p>“They are testing us.” — <strong>Ann Roe</strong>, Senior Fellow</p>
        <p><strong>More Than 150 Attacks</strong></p><p>{PAST}</p>
        """
    )


@pytest.mark.parametrize(
    "heading",
    [
        "<p><strong>Latest Developments</strong> {}</p>",
        "<p><strong>Latest Developments:</strong> {}</p>",
        "<p><strong>Latest Developments</strong>: {}</p>",
        "<p><strong>Latest Developments</strong><br>{}</p>",
        "<p>Latest Developments: {}</p>",
        "<p>LATEST DEVELOPMENTS</p><p>{}</p>",
        "<h3>Latest Developments</h3>{}",
        "<div><h2><span>Latest</span> <em>Developments</em></h2><div>{}</div></div>",
    ],
)
def test_the_name_of_the_lead_section_is_left_out(outline, heading):
    assert [f"lead: {STORY}"] == outline(heading.format(STORY))


def test_a_bold_heading_may_run_in_with_its_paragraph(outline):
    assert [
        f"lead: {STORY}",
        "background# More Than 150 Attacks",
        f"background: {PAST}",
    ] == outline(
        f"""
        <h2>Latest Developments</h2><p>{STORY}</p>
        <p><strong>More Than 150 Attacks</strong> {PAST}</p>
        """
    )


def test_a_bold_name_at_the_start_of_a_sentence_is_no_heading(outline):
    text = "<p><strong>The Islamic Resistance in Iraq</strong> claimed the attack on Monday.</p>"

    assert outline(text) == ["lead: The Islamic Resistance in Iraq claimed the attack on Monday."]


@pytest.mark.parametrize(
    "bullet",
    [
        "<li><strong>Doors Closed:</strong> Iran kept inspectors out.</li>",
        "<li><strong>Doors Closed</strong>: Iran kept inspectors out.</li>",
        "<li><p><b>Doors Closed: </b>Iran kept inspectors out.</p></li>",
        "<li>Doors Closed: Iran kept inspectors out.</li>",
        "<p>• <strong>Doors Closed:</strong> Iran kept inspectors out.</p>",
    ],
)
def test_the_kicker_of_a_bullet_is_a_block_of_its_own(outline, bullet):
    assert outline(f"<h2>Latest Developments</h2><ul>{bullet}</ul>") == [
        "lead# Doors Closed:",
        "lead: Iran kept inspectors out.",
    ]


def test_every_bullet_of_the_first_section_is_lead(outline):
    assert outline(
        """
        <h2>Latest Developments</h2><ul>
        <li><strong>Doors Closed:</strong> Iran kept inspectors out.</li>
        <li><strong>Stockpile Grows:</strong> It rose by 21 percent.</li></ul>
        <h2>FDD Expert Response</h2>
        <p>“A deadline is due.” <strong>Rafe Okonedo</strong>, Fellow</p>
        """
    ) == [
        "lead# Doors Closed:",
        "lead: Iran kept inspectors out.",
        "lead# Stockpile Grows:",
        "lead: It rose by 21 percent.",
        "quote: “A deadline is due.”",
        "byline: Rafe Okonedo, Fellow",
    ]


def test_a_bullet_without_a_kicker_stays_whole(outline):
    assert outline("<ul><li>Iran said on Monday: inspectors may come.</li></ul>") == [
        "lead: Iran said on Monday: inspectors may come."
    ]


def test_a_flat_text_leads_with_its_first_paragraph(outline):
    assert [f"lead: {STORY}", f"body: {PAST}", f"body: {STORY}"] == outline(
        f"<p>{STORY}</p><p>{PAST}</p><p>{STORY}</p>"
    )


def test_subheads_of_a_flat_text_belong_to_its_body(outline):
    assert [f"lead: {STORY}", "body# What Now", f"body: {PAST}"] == outline(
        f"<p>{STORY}</p><h3>What Now</h3><p>{PAST}</p>"
    )


def test_an_unknown_first_heading_opens_the_lead_when_others_follow(outline):
    assert [
        "lead# The Strike",
        f"lead: {STORY}",
        "quote: “They are testing us.”",
        "byline: Ann Roe, Fellow",
    ] == outline(
        f"""
        <h2>The Strike</h2><p>{STORY}</p>
        <h2>Expert Response</h2><p>“They are testing us.” — <b>Ann Roe</b>, Fellow</p>
        """
    )


def test_a_date_line_above_the_first_heading_changes_nothing(outline):
    assert outline(
        f"<p>January 23, 2024 | Flash Brief</p><h2>The Strike</h2><p>{STORY}</p>"
        f"<h2>Old Scores</h2><p>{PAST}</p>"
    ) == [
        "byline: January 23, 2024 | Flash Brief",
        "lead# The Strike",
        f"lead: {STORY}",
        "body# Old Scores",
        f"body: {PAST}",
    ]


@pytest.mark.parametrize(
    "dateline",
    [
        "ADEN —",
        "KYIV, Ukraine (Reuters) –",
        "TEL AVIV -",
        "GENEVA, Jan. 9 —",
        "BEIRUT/JERUSALEM —",
        "WASHINGTON (AP) —",
    ],
)
def test_the_dateline_of_a_wire_report_stands_apart(outline, dateline):
    assert [f"lead# {dateline}", f"lead: {STORY}"] == outline(f"<p>{dateline} {STORY}</p>")


@pytest.mark.parametrize(
    "text",
    ["U.S. forces left.", "Iran — once more — denied it.", "UN-led talks go on.", "A-10 jets."],
)
def test_what_only_looks_like_a_dateline_stays_in_the_sentence(outline, text):
    assert [f"lead: {text}"] == outline(f"<p>{text}</p>")


def test_prose_after_the_quotations_is_background_though_its_heading_is_lost(outline):
    assert [
        "quote: “They are testing us.”",
        "byline: Ann Roe, Fellow",
        f"background: {PAST}",
    ] == outline(
        f"<h2>Expert Analysis</h2><p>“They are testing us.” — Ann Roe, Fellow</p><p>{PAST}</p>"
    )


def test_prose_of_an_expert_section_without_quotations_is_opinion(outline):
    assert [f"quote: {PAST}"] == outline(f"<h2>Expert Analysis</h2><p>{PAST}</p>")


class TestPlainText:
    def test_sections_are_parted_by_blank_lines(self, outline):
        assert [
            f"lead: {STORY}",
            "quote: “They are testing us.”",
            "byline: Ann Roe, Senior Fellow",
            "background# More Than 150 Attacks",
            f"background: {PAST}",
            "related: “An Old Piece,” by Ann Roe",
        ] == outline(
            f"Latest Developments\n\n{STORY}\n\nExpert Analysis\n\n"
            "“They are testing us.” — Ann Roe, Senior Fellow\n\n"
            f"More Than 150 Attacks\n\n{PAST}\n\nRelated Analysis\n\n“An Old Piece,” by Ann Roe",
            is_html=False,
        )

    def test_single_line_breaks_part_paragraphs(self, outline):
        assert [f"lead: {STORY}", "background# Old Scores", f"background: {PAST}"] == outline(
            f"Latest Developments\r\n{STORY}\r\nOld Scores\r\n{PAST}", is_html=False
        )

    def test_lines_wrapped_by_hand_are_put_together(self, outline):
        wrapped = (
            "Jets hit a workshop near the river on Monday,\nkilling five fighters, the army said."
            "\n\n"
            "The group has fired hundreds of rockets since the war began, and\nIsrael has answered."
        )
        assert [
            f"lead: {STORY}",
            "body: The group has fired hundreds of rockets since the war began, and Israel has "
            "answered.",
        ] == outline(wrapped, is_html=False)

    def test_a_long_heading_is_not_taken_for_a_wrapped_line(self, outline):
        heading = "From Sixty Attacks Every Month to More Than One Hundred in March"

        assert outline(f"Latest Developments\n{STORY}\n{heading}\n{PAST}", is_html=False) == [
            f"lead: {STORY}",
            f"background# {heading}",
            f"background: {PAST}",
        ]

    def test_bullets_lose_their_mark_and_keep_their_kicker(self, outline):
        assert outline(
            "Latest Developments\n• Doors Closed: Iran kept inspectors out.\n"
            "- Stockpile Grows: It rose by 21 percent.",
            is_html=False,
        ) == [
            "lead# Doors Closed:",
            "lead: Iran kept inspectors out.",
            "lead# Stockpile Grows:",
            "lead: It rose by 21 percent.",
        ]

    def test_markup_is_text_in_plain_text(self, outline):
        assert outline("5 < 6 &amp; <b>more</b>.", is_html=False) == [
            "lead: 5 < 6 &amp; <b>more</b>."
        ]


class TestTitle:
    def test_the_title_is_the_first_block(self, read):
        brief = read(f"<p>{STORY}</p>", title=" Jets \n Hit\u00a0Workshop ")

        assert brief.title == "Jets Hit Workshop"
        assert (
            brief.blocks[0].zone,
            brief.blocks[0].start,
            brief.blocks[0].end,
        ) == ("title", 0, 17)
        assert f"Jets Hit Workshop\n{STORY}" == brief.text

    def test_a_title_said_again_counts_once(self, outline):
        assert [f"lead: {STORY}"] == outline(
            f"<h1>Iran’s Jets Hit a Workshop</h1><p>IRAN'S JETS HIT A WORKSHOP.</p><p>{STORY}</p>",
            title="Iran's Jets Hit a Workshop",
        )

    def test_an_entry_without_a_title_starts_with_its_lead(self, read):
        brief = read(f"<p>{STORY}</p>", title=" ")

        assert brief.text == STORY
        assert [block.zone for block in brief.blocks] == ["lead"]

    def test_an_entry_without_content_is_its_title(self, read):
        assert [block.zone for block in read("", title="Jets").blocks] == ["title"]


def test_the_entry_is_carried_over(read):
    brief = read(f"<p>{STORY}</p>")

    assert (
        brief.feed,
        brief.key,
        brief.link,
        brief.published,
        brief.authors,
    ) == ("f", "k", "https://example.org/k", None, ("Ann Roe",))
