"""What is said of each kind of mistake, and where."""

import pytest

from alertbot.config import check_config, load_config
from alertbot.errors import ConfigError

FEED = '[[feeds]]\nid = "a"\nurl = "https://example.org/feed"\n'

NO_STORE = (
    "expected the address of a database, such as "
    '"sqlite:///alertbot.db" or "postgresql://user@host/name"'
)
NO_POSTGRESQL = (
    'expected the address of a PostgreSQL database, such as "postgresql://user@host/name" '
    'or "postgresql://user@host:5432/name?sslmode=require"; in a name or password, '
    "@ : / ? # % and blanks are written as % and two hexadecimal digits"
)

MISTAKES = [
    # keys
    ("[feed]", 1, "feed", 'unknown key; did you mean "feeds"?'),
    (f'{FEED}intervall = "5m"', 4, "feeds[0].intervall", 'unknown key; did you mean "interval"?'),
    ("[Web]", 1, "Web", 'unknown key; did you mean "web"?'),
    (
        "[chats]\ncolour = 3",
        2,
        "chats.colour",
        "unknown key; known here: max_subscriptions, max_watches",
    ),
    (
        '[[feeds]]\nurl = "https://example.org/"',
        1,
        "feeds[0].id",
        "missing; every feed needs one",
    ),
    (
        f'{FEED}\n[[feeds]]\nid = "b"',
        5,
        "feeds[1].url",
        "missing; every feed needs one",
    ),
    (
        '[[topics]]\nid = "t"\nrule = "Iran"',
        1,
        "topics[0].name",
        "missing; every topic needs one",
    ),
    # sorts of value
    (
        '[telegram]\nadmins = "me"',
        2,
        "telegram.admins",
        "expected a list of numbers, such as [123456789], found text",
    ),
    (
        "[telegram]\nadmins = 42",
        2,
        "telegram.admins",
        "expected a list of numbers, such as [42], found a number",
    ),
    (
        '[telegram]\nadmins = [\n  1,\n  "me",\n]',
        4,
        "telegram.admins[1]",
        "expected a whole number, found text",
    ),
    (
        "[telegram]\nadmins = [1.5]",
        2,
        "telegram.admins[0]",
        "expected a whole number, found a number with a point",
    ),
    (
        "[telegram]\nadmins = [true]",
        2,
        "telegram.admins[0]",
        "expected a whole number, found true or false",
    ),
    ("[telegram]\nadmins = [0]", 2, "telegram.admins[0]", "must be more than 0"),
    ("[chats]\nmax_subscriptions = -1", 2, "chats.max_subscriptions", "must be more than 0"),
    ("[chats]\nmax_watches = -1", 2, "chats.max_watches", "must be 0 or more"),
    (
        '[network]\nallow_private = "yes"',
        2,
        "network.allow_private",
        "expected true or false, found text",
    ),
    (
        "[telegram]\nbase_url = 2024-01-01",
        2,
        "telegram.base_url",
        "expected text in quotes, found a date or time",
    ),
    ("store = 5", 1, "store", "expected a table, found a number"),
    ("[[store]]", 1, "store", "expected a table, found a list"),
    ("feeds = [5]", 1, "feeds[0]", "expected a table, found a number"),
    (
        '[feeds]\nid = "a"',
        1,
        "feeds",
        "expected [[feeds]], in two brackets, found a table",
    ),
    (
        '[terms]\niran = "Iran"',
        2,
        "terms.iran",
        'expected a list of texts, such as ["Iran"], found text',
    ),
    (
        "[terms]\niran = 5",
        2,
        "terms.iran",
        'expected a list of texts, such as ["Iran", "Tehran"], found a number',
    ),
    (
        '[terms]\niran = "' + 50 * "a" + '"',
        2,
        "terms.iran",
        'expected a list of texts, such as ["Iran", "Tehran"], found text',
    ),
    (
        '[terms]\niran = [\n  "Iran",\n  5,\n]',
        4,
        "terms.iran[1]",
        "expected text in quotes, found a number",
    ),
    ("terms = 5", 1, "terms", "expected a table, found a number"),
    (
        '[[topics]]\nid = "t"\nname = "T"\nrule = ["Iran"]',
        4,
        "topics[0].rule",
        "expected text in quotes, found a list",
    ),
    # values
    (
        '[store]\nurl = "sqlite://alertbot.db"',
        2,
        "store.url",
        NO_STORE,
    ),
    (
        '[store]\nurl = "sqlite:///:memory:"',
        2,
        "store.url",
        NO_STORE,
    ),
    ('[store]\nurl = "mysql://me:hush@db/alerts"', 2, "store.url", NO_STORE),
    ('[store]\nurl = "postgresql://me:hush@db"', 2, "store.url", NO_POSTGRESQL),
    ('[store]\nurl = "postgresql:alerts"', 2, "store.url", NO_POSTGRESQL),
    ('[store]\nurl = "postgresql://me:hu/sh@db/alerts"', 2, "store.url", NO_POSTGRESQL),
    ('[store]\nurl = "postgresql://me:hush@db:5432x/alerts"', 2, "store.url", NO_POSTGRESQL),
    ('[store]\nurl = "postgres://me@db/alerts?sslmode"', 2, "store.url", NO_POSTGRESQL),
    (
        '[store]\nurl = "postgresql://me@db/alerts?password=hush"',
        2,
        "store.url",
        "a password belongs before the @, or better into PGPASSWORD or ~/.pgpass",
    ),
    (
        '[telegram]\nbase_url = "api.telegram.org/bot"',
        2,
        "telegram.base_url",
        "expected a web address: http:// or https://, a host, and no blanks",
    ),
    (
        '[network]\ncontact = "me\\r\\nX: 1"',
        2,
        "network.contact",
        "expected a web or e-mail address: at most 200 ASCII characters, no parentheses, "
        "backslashes or line breaks",
    ),
    (
        f'{FEED}interval = "5 minutes"',
        4,
        "feeds[0].interval",
        'expected a duration such as "30s", "5m", "2h" or "1d", found "5 minutes"',
    ),
    (
        f"{FEED}interval = 300",
        4,
        "feeds[0].interval",
        'expected a duration such as "30s", "5m", "2h" or "1d", found a number',
    ),
    (
        '[retention]\ndeliveries = "1h"',
        2,
        "retention.deliveries",
        'expected "1d" to "36500d", found "1h"',
    ),
    (
        '[retention]\nbriefs = "999999d"',
        2,
        "retention.briefs",
        'expected "1d" to "36500d", found "999999d"',
    ),
    (f'{FEED}name = " "', 4, "feeds[0].name", "must not be empty"),
    (
        FEED.replace('"a"', '"My Feed"'),
        2,
        "feeds[0].id",
        "an id is 1 to 48 small letters a-z, digits and hyphens",
    ),
    (
        FEED.replace('"a"', f'"{"a" * 49}"'),
        2,
        "feeds[0].id",
        "an id is 1 to 48 small letters a-z, digits and hyphens",
    ),
    (
        '[[topics]]\nid = "t"\nname = "T"\nrule = "Iran"\nprominence = "most"',
        5,
        "topics[0].prominence",
        'expected "main" or "any", found "most"',
    ),
    (
        '[[topics]]\nid = "t"\nname = "T"\nrule = "Iran"\ndelivery = "once"',
        5,
        "topics[0].delivery",
        'expected "at_least_once" or "at_most_once", found "once"',
    ),
    (
        '[[topics]]\nid = "t"\nname = "T"\nrule = "Iran"\nurgent = "yes"',
        5,
        "topics[0].urgent",
        "expected true or false, found text",
    ),
    (
        '[[topics]]\nid = "t"\nname = "T"\nrule = "Iran"\nshelf_life = "a week"',
        5,
        "topics[0].shelf_life",
        'expected a duration such as "30s", "5m", "2h" or "1d", found "a week"',
    ),
    *(
        (
            f"[telegram]\npaid_broadcast = {rate}",
            2,
            "telegram.paid_broadcast",
            "expected 31 to 1000 messages a second; the first 30 are free: "
            "leave the key out for those",
        )
        for rate in (30, 1001, -5)
    ),
    (
        "[telegram]\npaid_broadcast = true",
        2,
        "telegram.paid_broadcast",
        "expected a whole number, found true or false",
    ),
    # two keys at odds
    (
        f'{FEED}[[feeds]]\nid = "a"\nurl = "https://example.org/other"',
        5,
        "feeds[1].id",
        "the same id as feeds[0] in line 2",
    ),
    pytest.param(
        f'{FEED}[[feeds]]\nid = "b"\nurl = "https://example.org/feed"',
        6,
        "feeds[1].url",
        "the same url as feeds[0] in line 3",
        id="case_36_one_url_twice",
    ),
    (
        '[[topics]]\nid = "t"\nname = "T"\nrule = "Iran"\n' * 2,
        6,
        "topics[1].id",
        "the same id as topics[0] in line 2",
    ),
    (
        f'{FEED}interval = "5m"\nmin_interval = "10m"',
        5,
        "feeds[0].min_interval",
        "must not be longer than interval",
    ),
    (
        '[[topics]]\nid = "t"\nname = "T"\npublisher_tags = []',
        1,
        "topics[0]",
        "a topic needs a rule, or publisher_tags, or both",
    ),
]


@pytest.mark.parametrize(("text", "line", "key", "message"), MISTAKES)
def test_a_mistake_has_its_line_its_key_and_a_reason(complaints, text, line, key, message):
    assert complaints(text) == [(line, key, message)]


@pytest.mark.parametrize("listen", ["8080", ":8080", "127.0.0.1", "[::x]:80", "a:65536", "a b:80"])
def test_listen_needs_an_address_and_a_port(complaints, listen):
    message = 'expected an address and a port, such as "127.0.0.1:8080"'

    assert complaints(f'[web]\nlisten = "{listen}"') == [(2, "web.listen", message)]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/feed",
        "file:///etc/passwd",
        "example.org/feed",
        "https://",
        "https:///feed",
        "http://[::1/feed",
        "http://example.org:0/feed",
        "http://example.org:99999/feed",
        "http://example.org/a feed",
        "http://example.org/\\nfeed",
    ],
)
def test_a_feed_is_on_the_web(complaints, url):
    message = "expected a web address: http:// or https://, a host, and no blanks"
    text = f'[[feeds]]\nid = "a"\nurl = "{url}"'

    assert complaints(text) == [(3, "feeds[0].url", message)]


def test_a_feed_address_holds_no_password(complaints):
    found = complaints('[[feeds]]\nid = "a"\nurl = "https://me:hush@example.org/feed"')

    assert [(line, key) for line, key, _ in found] == [(3, "feeds[0].url")]
    assert "hush" not in str(found)


def test_every_mistake_is_reported_at_once_in_file_order(write):
    path = write("""\
[[topics]]
id = "t"
name = ""
rule = "Iran AND"
promience = "any"

[[feeds]]
id = "A"
interval = "10s"
min_interval = "20s"

[[feeds]]
id = "b"
url = "https://example.org/feed"
interval = "never"

[telegram]
admins = ["me"]
token_file = "nowhere"

[store]
url = "mysql://db"

[terms]
empty = []
""")
    with pytest.raises(ConfigError) as error:
        load_config(path, {"ALERTBOT_TELEGRAM_TOKEN": ""})

    problems = error.value.problems
    assert [(one.line, one.key) for one in problems if not one.warning] == [
        (3, "topics[0].name"),
        (4, "topics[0].rule"),
        (5, "topics[0].promience"),
        (7, "feeds[0].url"),
        (8, "feeds[0].id"),
        (10, "feeds[0].min_interval"),
        (15, "feeds[1].interval"),
        (18, "telegram.admins[0]"),
        (19, "telegram.token_file"),
        (22, "store.url"),
        (25, "terms.empty"),
    ]
    assert all(one.file == str(path) for one in problems)
    assert str(error.value).splitlines()[0] == (
        f"{path}:3: topics[0].name (t): error: must not be empty"
    )


@pytest.mark.parametrize(
    ("text", "id_", "about"),
    [
        (f'{FEED}interval = "never"', "a", "feeds[0].interval (a)"),
        ('[[topics]]\nid = "houthis"\nname = "T"', "houthis", "topics[0] (houthis)"),
        ('[[topics]]\nid = "The Houthis"\nname = "T"\nrule = "a"', None, "topics[0].id"),
        ('[[topics]]\nid = 5\nname = "T"\nrule = "a"', None, "topics[0].id"),
        ("[chats]\nmax_subscriptions = 0", None, "chats.max_subscriptions"),
    ],
)
def test_a_mistake_in_a_feed_or_topic_names_its_id(write, text, id_, about):
    [problem] = [one for one in check_config(write(text), {}) if not one.warning]

    assert problem.id == id_
    assert str(problem).startswith(f"{problem.file}:{problem.line}: {about}: error: ")


def test_a_rule_that_does_not_parse_has_its_line_and_a_caret(complaints):
    text = '[[topics]]\nid = "t"\nname = "T"\nrule = "(Iran OR Yemen) AND"\n'

    [(line, key, message)] = complaints(text)

    assert (line, key) == (4, "topics[0].rule")
    rule, caret = message.splitlines()[1:]
    assert rule == "    (Iran OR Yemen) AND"
    assert caret == " " * len(rule) + "^"


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("'''\n  iran AND missile\n  AND (drone OR\n  ship))\n'''", 7),
        ("'''iran AND missile\n  AND (drone OR\n  ship))'''", 6),
        ('"""\niran \\\n  AND missile\n  OR ship))"""', 7),
        ("'''\n  iran AND\n\n\n'''", 5),
        ("'''\n'''", 5),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_mistake_in_a_long_rule_has_the_line_it_is_in(complaints, rule, line, end):
    text = f'[[topics]]\nid = "t"\nname = "T"\nrule = {rule}\n'.replace("\n", end)

    assert [(at, key) for at, key, _ in complaints(text)] == [(line, "topics[0].rule")]


def test_a_doubt_of_a_whole_rule_stands_at_its_key(warnings):
    rule = "'''\n  iran\n  OR iraq\n  OR iran\n'''"
    text = f'{FEED}[[topics]]\nid = "t"\nname = "T"\nrule = {rule}\n'

    assert [(line, key) for line, key, _ in warnings(text)] == [(7, "topics[0].rule")]


def test_a_rule_that_names_no_list_is_a_mistake(complaints):
    text = '[terms]\niran = ["Iran"]\n[[topics]]\nid = "t"\nname = "T"\nrule = "@irann OR @iran"\n'

    [(line, key, message)] = complaints(text)

    assert (line, key) == (6, "topics[0].rule")
    assert "irann" in message


def test_a_doubtful_rule_is_a_warning(write):
    path = write(
        FEED + '[[topics]]\nid = "t"\nname = "T"\nrule = "Iran AND Iraq OR Yemen"\n',
    )

    [problem] = check_config(path, {})

    assert (problem.line, problem.key, problem.warning) == (7, "topics[0].rule", True)
    assert load_config(path, {}).topics[0].rule == "Iran AND Iraq OR Yemen"


def test_a_list_that_is_none_makes_no_mistake_of_the_rule_that_names_it(complaints):
    text = '[terms]\niran = "Iran"\n[[topics]]\nid = "t"\nname = "T"\nrule = "@iran AND Iraq"\n'

    assert [key for _, key, _ in complaints(text)] == ["terms.iran"]


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        (f'{FEED}interval = "59s"', 4, "feeds[0].interval"),
        (f'{FEED}min_interval = "1s"', 4, "feeds[0].min_interval"),
        (f"{FEED}obey_hints = false", 4, "feeds[0].obey_hints"),
        (FEED.replace("example.org", "127.0.0.1"), 3, "feeds[0].url"),
        (FEED.replace("example.org", "[fd00::1]"), 3, "feeds[0].url"),
        (FEED.replace("example.org", "localhost"), 3, "feeds[0].url"),
        (FEED.replace("example.org", "example.org:8080"), 3, "feeds[0].url"),
        (f'{FEED}[telegram]\nbase_url = "http://127.0.0.1:8081"', 5, "telegram.base_url"),
    ],
)
def test_what_works_but_is_hardly_meant_is_a_warning(warnings, text, line, key):
    topic = '\n[[topics]]\nid = "t"\nname = "T"\nrule = "Iran"\n'

    assert [(one[0], one[1]) for one in warnings(text + topic)] == [(line, key)]


def test_feeds_in_the_own_network_are_fine_once_allowed(warnings):
    text = FEED.replace("example.org", "127.0.0.1:8080") + "[network]\nallow_private = true\n"
    topic = '\n[[topics]]\nid = "t"\nname = "T"\nrule = "Iran"\n'

    assert warnings(text + topic) == []


@pytest.mark.parametrize(
    ("text", "key", "near"),
    [
        ('[[topics]]\nid = "t"\nname = "T"\nruel = "Iran"', "topics[0].ruel", "rule"),
        (
            '[[topics]]\nid = "t"\nname = "T"\ntags = ["Iran"]\nruled = "Iran"',
            "topics[0].ruled",
            "rule",
        ),
        ('[[topics]]\nid = "t"\nnam = "T"\nrule = "@iran"', "topics[0].nam", "name"),
        (
            '[[topics]]\nid = "t"\nname = "T"\npublisher_tag = ["a"]',
            "topics[0].publisher_tag",
            "publisher_tags",
        ),
        ('[[topic]]\nid = "t"\nname = "T"\nrule = "Iran"', "topic", "topics"),
    ],
)
def test_a_misspelt_key_is_told_alone_and_not_what_follows_from_it(write, text, key, near):
    found = check_config(write(f'{FEED}[terms]\niran = ["Iran"]\n{text}'), {})

    assert (key, f'unknown key; did you mean "{near}"?') in [
        (one.key, one.message) for one in found
    ]
    assert all(one.message.startswith("unknown key") for one in found)


@pytest.mark.parametrize(
    "topic",
    [
        'rule = "Iran AND"',
        "rule = 5",
        "",
        'publisher_tags = ["Iran"]\nrul = "@iran"',
    ],
)
def test_a_list_is_not_called_unused_while_a_rule_is_missing_or_cannot_be_read(write, topic):
    text = f'[terms]\niran = ["Iran"]\n[[topics]]\nid = "t"\nname = "T"\n{topic}\n'
    good = '[[topics]]\nid = "good"\nname = "T"\nrule = "Yemen"\n'

    messages = [one.message for one in check_config(write(FEED + text + good), {})]
    assert messages
    assert "no rule uses this list" not in messages


def test_a_list_is_not_called_unused_while_the_topics_are_no_topics(write):
    text = FEED + '[terms]\niran = ["Iran"]\n[topics]\nid = "t"\nname = "T"\nrule = "@iran"\n'

    [problem] = check_config(write(text), {})

    assert problem.message == "expected [[topics]], in two brackets, found a table"


def test_a_list_that_no_rule_uses_is_a_warning(warnings):
    text = (
        FEED
        + '[terms]\niran = ["Iran"]\n[[topics]]\nid = "t"\nname = "T"\npublisher_tags = ["a"]\n'
    )

    assert warnings(text) == [(5, "terms.iran", "no rule uses this list")]


def test_having_nothing_to_do_is_a_warning(warnings):
    assert warnings("") == [
        (None, "feeds", "there are no [[feeds]], so there is nothing to read"),
        (None, "topics", "there are no [[topics]], so there is nothing to tell anyone about"),
    ]
