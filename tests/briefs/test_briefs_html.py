"""What HTML says, as flat text."""

import pytest


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>USS <em>Abra</em>ham  <b>Lincoln</b>\n\tsails.</p>", "USS Abraham Lincoln sails."),
        ("<p>One.</p>Two.<div>Three.</div>", "One.\nTwo.\nThree."),
        ("<p>Caf&eacute; &amp; &#8220;bar&#x201d;&nbsp;at &euro;5.</p>", "Café & “bar” at €5."),
        ("<p>5 &lt; 6, and 7 < 8.</p>", "5 < 6, and 7 < 8."),
        ("<p>One<br/>\nTwo.</p>", "One\nTwo."),
        ("<p>One line<br>goes on.</p>", "One line goes on."),
        ("One.\n\nTwo is <em>here</em>.", "One.\nTwo is here."),
        ("One &amp; only.\n\nTwo.", "One & only.\nTwo."),
        ("<p>One.<script>var x = '<p>no</p>';</script></p><style>p {}</style>", "One."),
        ("<figure><img alt=no><figcaption>No.</figcaption></figure><p>One.</p>", "One."),
        ("<nav><ul><li>No</li></ul></nav><form>No</form><p>One.</p>", "One."),
        ("<div class='wp-caption'><img><p>No.</p></div><p>One.</p>", "One."),
        ("<!-- no <p>no</p> --><p>One.</p><![if no]>", "One."),
        ("<p>One.</p><![CDATA[no]]><?php no ?>", "One."),
        ("<p>One.</p><!-- no", "One."),
        ("<p>One <a href='x", "One <a href='x"),
        ("<html><head><title>No</title><body><p>One.", "One."),
        ("<ul><li>One: two.<li>Three</ul>Four: five.", "One:\ntwo.\nThree\nFour: five."),
        ("<table><tr><td>One</td><td>Two</td></tr></table>", "One\nTwo"),
        ("</p></div></li></b><p>One.</b></a>", "One."),
        ("<p>So\u00adft and zero\u200bwidth.</p>", "So\u00adft and zero\u200bwidth."),
        ("<p>A\x00B\x1bC\ud800D.</p>", "ABCD."),
    ],
)
def test_blocks_are_lines_of_squeezed_text(read, markup, text):
    assert text == read(markup, title="").text


def test_nesting_costs_nothing(read):
    assert read("<div><b><ul><li>" * 30_000 + "One.", title="").text == "One."


def test_the_content_is_read_up_to_a_limit(read):
    brief = read("<p>One.</p>" * 100_000)

    assert len(brief.text) < 300_000
    assert brief.truncated
