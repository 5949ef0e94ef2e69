"""What stands around a report and must not make a topic fire."""

import pytest

STORY = "Jets hit a workshop near the river on Monday, killing five fighters, the army said."


@pytest.mark.parametrize(
    "line",
    [
        "By Ann Roe",
        "By Ann Roe and Bo van der Lee",
        "BY: Ann Roe | Senior Fellow",
        "January 23, 2024 | Flash Brief",
        "FDD Flash Brief",
        "Media inquiries: press@example.org or 202-555-0142.",
        "For media inquiries, please contact the press office.",
        "Ann Roe is a senior fellow at the Institute. Follow her on X @annroe.",
        "Ann Roe is senior director of the Center on Power at FDD. Follow Ann on X @annroe. FDD is "
        "a nonpartisan research institute.",
    ],
)
def test_bylines_contacts_and_blurbs_are_bylines_wherever_they_stand(outline, line):
    assert [f"byline: {line}", f"lead: {STORY}"] == outline(f"<p>{line}</p><p>{STORY}</p>")
    assert [f"lead: {STORY}", f"byline: {line}"] == outline(f"<p>{STORY}</p><p>{line}</p>")


def test_a_heading_that_begins_with_by_is_no_byline(outline):
    assert outline(f"<p>{STORY}</p><h3>By Land and Sea</h3><p>{STORY}</p>") == [
        f"lead: {STORY}",
        "body# By Land and Sea",
        f"body: {STORY}",
    ]


@pytest.mark.parametrize(
    "blurb",
    [
        "Ann Roe is a research analyst at the Institute, where she covers missiles.",
        "Ann Roe and Bo Lee are fellows at the Institute.",
        "Follow Ann on X @annroe.",
        "The Institute is a Washington-based, nonpartisan research institute on security.",
    ],
)
def test_a_blurb_ends_the_text(outline, blurb):
    assert [f"lead: {STORY}", f"byline: {blurb}"] == outline(f"<p>{STORY}</p><p>{blurb}</p>")


@pytest.mark.parametrize(
    "line",
    [
        "By Israeli estimates, the group has fewer than 20,000 of the rockets it owned.",
        "By the Pentagon’s count, U.S. forces had come under attack 151 times.",
        "John Roe is the director of the agency that hit the river.",
        "Islamic State is a jihadist group that holds no city.",
        "Media reports said that five had died.",
    ],
)
def test_a_sentence_of_the_report_is_no_margin(outline, line):
    assert [f"lead: {STORY}", f"body: {line}"] == outline(f"<p>{STORY}</p><p>{line}</p>")


@pytest.mark.parametrize("name", ["Related Analysis", "Related", "Read More:", "Further Reading"])
def test_a_related_section_lasts_to_the_end(outline, name):
    assert [
        f"lead: {STORY}",
        "related: “Five Choices,” by Ann Roe",
        "related: A Heading of Another Piece",
        "related: Its teaser, which tells of ballistic missiles in forty words or so.",
    ] == outline(
        f"""<p>{STORY}</p><h2>{name}</h2><p>“Five Choices,” by Ann Roe</p>
        <h4>A Heading of Another Piece</h4>
        <p>Its teaser, which tells of ballistic missiles in forty words or so.</p>"""
    )


def test_links_alone_at_the_end_are_related(outline):
    assert [
        f"lead: {STORY}",
        "related: “Five Choices,” by Ann Roe",
        "related: After the Panel",
    ] == outline(
        f"""<p>{STORY}</p><ul><li><a href="/1">“Five Choices,”</a> by Ann Roe</li>
        <li><a href="/2">After the Panel</a></li></ul>"""
    )


def test_a_related_line_in_the_text_does_not_end_it(outline):
    assert [f"lead: {STORY}", "related: Read more: Old Scores", f"body: {STORY}"] == outline(
        f"<p>{STORY}</p><p><b>Read more:</b> <a href='/1'>Old Scores</a></p><p>{STORY}</p>"
    )


def test_a_text_that_is_one_link_is_no_list_of_links(outline):
    assert [f"lead: {STORY}"] == outline(f'<p><a href="/1">{STORY}</a></p>')


class TestTags:
    @pytest.mark.parametrize(
        "line",
        [
            "<p>Issues: Iran, Iran Missiles, U.S. Defense Policy and Strategy</p>",
            "<p><strong>Issues:</strong> Iran, Iran Missiles, U.S. Defense Policy and Strategy</p>",
            "<p>Issues: Iran Iran Missiles U.S. Defense Policy and Strategy</p>",
            "<div>Issues: <a>Iran</a> <a>Iran Missiles</a> "
            "<a>U.S. Defense Policy and Strategy</a></div>",
            "<h4>Issues:</h4><ul><li><a>Iran</a></li><li><a>Iran Missiles</a></li>"
            "<li><a>U.S. Defense Policy and Strategy</a></li></ul>",
            "<div><span>Issues</span><a>Iran</a><a>Iran Missiles</a>"
            "<a>U.S. Defense Policy and Strategy</a></div>",
        ],
    )
    def test_the_issues_line_is_read(self, read, line):
        brief = read(f"<p>{STORY}</p>{line}")

        assert brief.tags == ("Iran", "Iran Missiles", "U.S. Defense Policy and Strategy")
        assert {"title", "lead", "byline"} == {block.zone for block in brief.blocks}

    def test_tags_of_feed_and_page_are_told_once(self, read):
        brief = read(f"<p>{STORY}</p><p>Issues: iran, united-nations</p>", tags=("Iran", " Cyber "))

        assert brief.tags == ("Iran", "Cyber", "united-nations")

    def test_unknown_names_of_a_run_on_list_are_kept(self, read):
        assert read(f"<p>{STORY}</p><p>Issues: Iran Space Law Cyber").tags == (
            "Iran",
            "Space Law",
            "Cyber",
        )

    @pytest.mark.parametrize(
        "text",
        [
            "Issues: the board has passed two censure resolutions against the state so far.",
            "Issues: Iran, Iraq and Syria disagree.",
            "Issues that divide them remain",
        ],
    )
    def test_a_sentence_about_issues_is_no_list(self, outline, text):
        assert [f"lead: {STORY}", f"body: {text}"] == outline(f"<p>{STORY}</p><p>{text}</p>")


class TestTruncation:
    @pytest.mark.parametrize("mark", ["[&hellip;]", "[…]", "[...]", "…", "...", "[&#8230;]"])
    def test_an_ellipsis_at_the_end_tells_and_stays(self, read, mark):
        brief = read(f"<p>{STORY} A flaw was patched 10 weeks {mark}</p>")

        assert brief.truncated
        assert brief.text.endswith(("…", "…]", "...", "...]"))

    @pytest.mark.parametrize(
        "tail",
        [
            " <a href='/x'>Read more</a>",
            "</p><p><a href='/x'>Continue reading <em>A Title</em> →</a>",
            " […] Read More &raquo;",
            "… <a href='/x'>Read the full story</a>",
            "</p><p>Continue reading",
        ],
    )
    def test_read_more_is_dropped(self, read, tail):
        brief = read(f"<p>{STORY}{tail}</p>")

        assert brief.truncated
        assert f"A Title\n{STORY}" == brief.text.removesuffix(" […]").removesuffix("…")

    def test_the_footer_of_wordpress_is_dropped(self, read):
        footer = "<p>The post <a>A Title</a> appeared first on <a>Example</a>.</p>"

        assert f"A Title\n{STORY}" == read(f"<p>{STORY}</p>{footer}").text
        assert not read(f"<p>{STORY}</p>{footer}").truncated
        assert read(f"<p>{STORY} And […]</p>{footer}").truncated

    def test_prose_that_stops_in_mid_sentence_is_truncated(self, read):
        assert read(f"<p>{STORY} {STORY} Riyadh wants all seven batteries up by").truncated

    def test_a_whole_text_is_not(self, read):
        assert not read(f"<p>{STORY}</p>").truncated
        assert not read(f"<p>{STORY} They wait for more… and more.</p>").truncated
