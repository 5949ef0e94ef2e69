"""What is said of a file that is no TOML: where, in words for newcomers, with a mark below."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.config import check_config
from alertbot.config.document import read_document
from alertbot.errors import Problem

THREE = "put three single quotes around it: rule = '''...'''"
UNCLOSED = (
    "this quotation mark is never closed in its line; "
    "a text over several lines needs three single quotes: '''...'''"
)
LINES = "this is no setting (name = value), no heading ([name]), no comment (# ...)"
CURLY = "this is a curly quotation mark; write a straight one, \" or '"
LIST = "this list is never closed; a ] is missing at its end"
TOPICS = "every topic begins with [[topics]], in two brackets; the first is in line 1"

#: ‸ stands before the place that is marked
MISTAKES = [
    # quotation marks
    ("rule = ‸“Iran AND missile”", CURLY),
    ('iran = ["Iran", ‸“Tehran”]', CURLY),
    (
        'rule = "missile AND ‸"red sea""',
        f"the text ends at the quotation mark before red; to have such marks in it, {THREE}",
    ),
    (
        "rule = 'Iran AND sana‸'a'",
        f"the text ends at the quotation mark before a; to have such marks in it, {THREE}",
    ),
    (
        'rule = "red sea‸" AND ship',
        f"the text ends at the quotation mark before AND; to have such marks in it, {THREE}",
    ),
    (
        'iran = [\n  "the ‸"Red" Sea",\n]',
        "the text ends at the quotation mark before Red; "
        "to have such marks in it, put three single quotes around it: '''...'''",
    ),
    ("rule = '''Iran''‸'s'''", "the text ends at the quotation mark before s"),
    ('rule = ‸\'Iran\nname = "b"', UNCLOSED),
    ('rule = ‸"Iran\nname = "b"', UNCLOSED),
    ("rule = ‸'Iran AND\n  sanaa'", UNCLOSED),
    ('iran = ["Iran", ‸"Teh]\nb = ["c"]', UNCLOSED),
    ("a = 1\nrule = ‸'''\nIran\nb = 2\n", "this text is never closed; ''' is missing at its end"),
    ('rule = ‸"""\nIran\nb = 2', 'this text is never closed; """ is missing at its end'),
    (
        "rule = ‸'''\nIran\n\n[[topics]]\nid = 'b'\nrule = '''\n@yemen OR \"red sea\"\n'''\n",
        "the ''' at the end of this text are missing, so those in line 6 end it",
    ),
    (
        'url = "C:‸\\data"',
        "a backslash begins an escape in double quotes; use single ones: '...'",
    ),
    ("prominence = ‸any", 'text needs quotes around it: "any"'),
    ("id = ‸iran-missiles # mine", 'text needs quotes around it: "iran-missiles"'),
    ('rule = ‸iran AND "red sea"', "text needs quotes around it: 'iran AND \"red sea\"'"),
    ("interval = ‸5m", 'text needs quotes around it: "5m"'),
    ("listen = ‸127.0.0.1:8080", 'text needs quotes around it: "127.0.0.1:8080"'),
    ('iran = ["Iran", ‸Tehran]', 'text needs quotes around it: "Tehran"'),
    ("allow_private = ‸True", "write true in small letters"),
    ("id =‸\nname = 'b'", "a value is missing after ="),
    # lists
    (
        'iran = [\n  "Iran",\n  "Tehran"‸ # one, two\n  "Qom",\n]',
        'a comma is missing between "Tehran" and "Qom"',
    ),
    ('iran = ["Iran"‸; "Tehran"]', "a comma is missing here"),
    ('iran = ‸["Iran",\n  "Tehran"\n\n[[topics]]\nid = "a"', LIST),
    ('iran = ‸["Iran",\n  "Tehran",\n\n[[topics]]\nid = "a"', LIST),
    ('iran = ‸["Iran",\n  "Tehran",\nyemen = ["a"]', LIST),
    ('iran = ‸["Iran",\n  "Tehran"\nyemen = ["a"]', LIST),
    ('iran = ‸["Iran",\n', LIST),
    ('iran = ‸"Iran", "Tehran"', "a list stands in brackets: iran = [...]"),
    # names
    ("‸iran stuff = []", "a name is one word, such as iran_stuff"),
    ("‸ирак = []", 'this name needs quotes around it: "ирак"'),
    ("‸@iran = []", "a list is named without the @: iran"),
    ("‸iran: []", "write = between a name and its value, not a colon"),
    ("‸iran []", "an = is missing between iran and its value"),
    ('id = "a" ‸name = "b"', "every setting stands on a line of its own"),
    ('[terms] ‸iran = ["a"]', "every setting stands on a line of its own"),
    ('id = "a"‸,', "no comma goes here"),
    ("id = 'a'\n  ‸Iran AND missile", LINES),
    ("‸<html>", LINES),
    ("‸// mine", "a comment begins with #"),
    ("‸[[topics]", "this heading is written [[topics]]"),
    ("‸[topics", "this heading is written [[topics]]"),
    ("‸[terms", "this heading is written [terms]"),
    ("‸[my terms]", "this heading is written [my_terms]"),
    # what is there already
    (
        '[terms]\niran = ["Iran"]\nb = ["b"]\n‸iran = ["Tehran"]',
        'the list "iran" is there twice, first in line 2',
    ),
    (
        '[[topics]]\nrule = "a"\n‸rule = "b"',
        '"rule" is there twice, first in line 2; every topic begins with its own [[topics]]',
    ),
    ("[web]\nlisten = 'a'\n‸listen = 'b'", '"listen" is there twice, first in line 2'),
    (
        "[terms]\n[web]\n‸[terms]",
        "[terms] is there twice, first in line 1; put all of it in one place",
    ),
    ("[topics]\nid = 'a'\n‸[topics]\nid = 'b'", TOPICS),
    ("[topics]\nid = 'a'\n‸[[topics]]\nid = 'b'", TOPICS),
    ("[[topics]]\nid = 'a'\n‸[topics]\nid = 'b'", TOPICS),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(("marked", "message"), MISTAKES)
def test_a_mistake_is_told_in_plain_words_with_a_mark_under_its_place(write, marked, message, end):
    before, _, after = marked.partition("‸")
    text = (before + after).replace("\n", end)
    line = before.count("\n")
    shown = marked.replace("‸", "").split("\n")[line]
    column = len(before.rpartition("\n")[2]) - (len(shown) - len(shown.lstrip()))

    [problem] = check_config(write(text), {})

    assert (problem.line, problem.key) == (line + 1, "")
    assert problem.message.split("\n") == [
        f"not valid TOML: {message}",
        f"    {shown.strip()}",
        f"    {' ' * column}^",
    ]


def test_what_has_no_better_words_is_told_in_those_of_tomllib(write):
    [problem] = check_config(write("[chats]\nmax_subscriptions = 05"), {})

    assert problem.line == 2
    assert problem.message == (
        "not valid TOML: Expected newline or end of document after a statement\n"
        "    max_subscriptions = 05\n"
        "                         ^"
    )


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_a_token_in_the_line_is_not_shown(write, quote):
    token = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw_"

    [problem] = check_config(write(f"[telegram]\ntoken = {quote}{token}"), {})

    assert "AAH" not in problem.message
    assert "    token = " in problem.message


PIECES = [
    *("'", '"', "'''", '"""', "[", "]", "[[", "{", "}", "=", ",", "#", "\\", ".", "\n", " ", "\r"),
    *("a", "b = ", "[a]\n", "[[b]]\n", "1", "“", "é", "\ufeff", "\0", "\\\n"),
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_whatever_the_text_it_is_a_document_or_a_mistake_with_a_line_and_a_mark(text):
    with TemporaryDirectory() as folder:
        path = Path(folder, "config.toml")
        path.write_bytes(text.encode())

        found = read_document(path)

    if isinstance(found, Problem):
        assert found.line
        assert 1 <= found.line <= text.count("\n") + 1
        assert found.message.split("\n")[2].strip() == "^"
