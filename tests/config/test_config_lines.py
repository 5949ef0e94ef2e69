"""Where keys stand in a TOML text."""

import json
import tomllib
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from alertbot.config.toml.lines import key_lines, line_of

SAMPLE = '''\
# a comment with [brackets] = 1
title = "a # b" # real comment
"quoted \\"key\\"" = 1
a.b.c = 2

[store] # comment
url = """
[not a table]
not_a_key = 1
\\"""" # four quotes
other = \'\'\'
[neither]\'\'\'\'
[telegram]
admins = [ # first
  1, 2,
  # [3]
  3, ]
when = 2024-01-01 10:00:00
[[feeds]]
id = "a"
[[feeds]]
  id = 'b'
  [feeds.extra]
  deep = {x = 1, y = [1, {z = 2}]}
  [[feeds.more]]
  n = 1
  [[feeds.more]]
  n = 2
[[feeds]]
id = "c"
'''


def test_the_sample_is_toml():
    assert len(tomllib.loads(SAMPLE)["feeds"]) == 3


def test_every_form_of_key_is_found_on_its_line():
    lines = key_lines(SAMPLE)

    assert {
        ("title",): 2,
        ('quoted "key"',): 3,
        ("a", "b", "c"): 4,
        ("store",): 6,
        ("store", "url"): 7,
        ("store", "other"): 11,
        ("telegram",): 13,
        ("telegram", "admins"): 14,
        ("telegram", "admins", 1): 15,
        ("telegram", "admins", 2): 17,
        ("telegram", "when"): 18,
        ("feeds",): 19,
        ("feeds", 0): 19,
        ("feeds", 0, "id"): 20,
        ("feeds", 1): 21,
        ("feeds", 1, "id"): 22,
        ("feeds", 1, "extra"): 23,
        ("feeds", 1, "extra", "deep", "x"): 24,
        ("feeds", 1, "extra", "deep", "y", 1, "z"): 24,
        ("feeds", 1, "more", 1): 27,
        ("feeds", 1, "more", 1, "n"): 28,
        ("feeds", 2, "id"): 30,
    }.items() <= lines.items()
    assert ("store", "not_a_key") not in lines
    assert ("not a table",) not in lines


def test_what_is_missing_is_found_where_it_should_be():
    lines = key_lines(SAMPLE)

    assert line_of(lines, ("feeds", 2, "url")) == 29
    assert line_of(lines, ("web", "listen")) is None


def test_a_table_stands_at_its_own_header_even_if_one_inside_it_came_first():
    lines = key_lines("[a.b]\nx = 1\n[a]\ny = 2\n")

    assert lines == {("a",): 3, ("a", "b"): 1, ("a", "b", "x"): 2, ("a", "y"): 4}


def test_lines_are_the_same_with_the_line_ends_of_windows():
    assert key_lines(SAMPLE) == key_lines(SAMPLE.replace("\n", "\r\n"))


def test_a_text_over_several_lines_has_each_of_its_lines():
    text = (
        "one = '''\n\nb\nc'''\n"
        "two = '''a\nb\\\nc'''\n"
        'three = """\na \\\n  a\nb\\nc\\\\\nd"""\n'
        'four = "a\\nb"\n'
    )
    parsed = tomllib.loads(text)
    assert parsed == {
        "one": "\nb\nc",
        "two": "a\nb\\\nc",
        "three": "a a\nb\nc\\\nd",
        "four": "a\nb",
    }

    lines = key_lines(text)

    assert [line_of(lines, ("one", number)) for number in range(3)] == [2, 3, 4]
    assert [line_of(lines, ("two", number)) for number in range(3)] == [5, 6, 7]
    assert [line_of(lines, ("three", number)) for number in range(4)] == [9, 11, 11, 12]
    assert line_of(lines, ("four", 1)) == 13


# --- any document -----------------------------------------------------------------------------

bare = st.text("abcdefgh_-09", min_size=1, max_size=4)
odd = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=4)
keys = st.one_of(bare, odd)
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6)


@st.composite
def values(draw, depth=2):
    """Return a value as TOML text, and how its inner elements lie: path -> lines below its own."""
    forms = [
        "basic",
        "literal",
        "lines",
        "literal lines",
        "bare",
        *["array", "inline"] * (depth > 0),
    ]
    match draw(st.sampled_from(forms)):
        case "basic":
            return json.dumps(draw(words), ensure_ascii=False), {}
        case "literal":
            return f"'{draw(words).replace(chr(39), '')}'", {}
        case "lines":
            inside = draw(st.sampled_from(["[x]", "a = 1", "# no", '\\"', '"" ', "'''", ""]))
            return (
                f'"""{inside}\n{inside}{draw(st.sampled_from(["", chr(34), chr(34) * 2]))}"""',
                {},
            )
        case "literal lines":
            inside = draw(st.sampled_from(["[[x]]", "a.b = 1", "# no", '"""', "'' ", "\\"]))
            return f"'''{inside}\n\n{inside}'''", {}
        case "bare":
            bares = ["1", "-2.5e3", "true", "2024-01-01 10:00:00", "inf", "1_000", "0xFF"]
            return draw(st.sampled_from(bares)), {}
        case "array":
            return draw(arrays(depth - 1))
        case _:
            return draw(inline_tables(depth - 1))


@st.composite
def arrays(draw, depth):
    gaps = st.sampled_from(["", " ", "\n", " # ] no, 'x\n  ", "\r\n\t"])
    text, places = "[" + draw(gaps), {}
    for index in range(draw(st.integers(0, 3))):
        value, inner = draw(values(depth))
        add(places, (index,), text, inner)
        text += value + draw(gaps) + "," + draw(gaps)
    return text + "]", places


@st.composite
def inline_tables(draw, depth):
    text, places = "{ ", {}
    names = draw(st.lists(keys, unique=True, max_size=2))
    for index, name in enumerate(names):
        value, inner = draw(values(depth))
        add(places, (name,), text, inner)
        text += (", " if index else "") + f"{written(name)} = {value}"
    return text + " }", places


def add(places, path, text, inner):
    below = text.count("\n")
    places[path] = below
    places.update({path + rest: below + more for rest, more in inner.items()})


def written(key):
    is_bare = key and all(char.isascii() and (char.isalnum() or char in "_-") for char in key)
    return key if is_bare else json.dumps(key, ensure_ascii=False)


@st.composite
def documents(draw):
    """Return a TOML text and the line of every key in it, as the writer knew it."""
    text, expected = "", {}
    numbers = count()

    def pairs(table):
        nonlocal text
        for name in draw(st.lists(keys, unique=True, max_size=3)):
            text += draw(st.sampled_from(["", "\n", "# x = [1\n", "  "]))
            value, inner = draw(values())
            line = text.count("\n") + 1
            path = (*table, name)
            expected[path] = line
            expected.update({path + rest: line + below for rest, below in inner.items()})
            text += f"{written(name)}{draw(st.sampled_from([' = ', '=']))}{value}\n"

    pairs(())
    for _ in range(draw(st.integers(0, 3))):
        name = f"table {next(numbers)}"
        if draw(st.booleans()):
            expected[name,] = text.count("\n") + 1
            text += f"[{written(name)}] # [x]\n"
            pairs((name,))
        for index in range(draw(st.integers(0, 2))):
            rows = f"{name} rows"
            expected[rows, index] = text.count("\n") + 1
            text += f"[[ {written(rows)} ]]\n"
            pairs((rows, index))
            if draw(st.booleans()):
                expected[rows, index, "sub", "sub"] = text.count("\n") + 1
                text += f"[{written(rows)}.'sub' . sub]\n"
                pairs((rows, index, "sub", "sub"))
    return text, expected


def leaves(data, path=()):
    """Yield the path of everything tomllib found."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in pairs:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from leaves(value, (*path, key))


@given(documents())
def test_every_key_of_any_document_is_found_on_its_line(document):
    text, expected = document
    data = tomllib.loads(text)

    lines = key_lines(text)

    assert {path: lines.get(path) for path in expected} == expected
    assert set(leaves(data)) <= set(lines)
