"""`alertbot feeds` as newcomers meet it, and a preview of excerpts."""

import json
import stat
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.__main__ import main
from alertbot.app.feeds.blocks import plan

CONFIG = """\
# my config, with no line break at its end
[network]
allow_private = true

[[feeds]]
id = "fdd"
url = "https://www.fdd.org/feed/"

[[topics]]
id = "iran"
name = "Iran"
rule = 'Iran*'"""
LIST = """<opml version="1.1"><body>
<outline text="FDD" xmlUrl="http://www.fdd.org/feed"/>
<outline text="Wars"><outline text="ISW: Backgrounders" xmlUrl="https://isw.example/feeds.xml"/>
<outline text="isw backgrounders" xmlUrl="https://other.example/"/></outline>
<outline text="Ours" xmlUrl="https://me:secret@intra.example/"/>
</body></opml>"""
BLOCKS = """\
[[feeds]]
id = "isw-backgrounders"
name = "ISW: Backgrounders"
url = "https://isw.example/feeds.xml"

[[feeds]]
id = "isw-backgrounders-2"
name = "isw backgrounders"
url = "https://other.example/"
"""
RSS = b"""<rss version="2.0"><channel><title>Harbour News</title><item><title>Fog</title>
<guid>1</guid><pubDate>Wed, 24 Jan 2024 08:00:00 GMT</pubDate></item></channel></rss>"""


EXCERPTS = b"""<rss version="2.0"><channel><item><title>Iran Fires on Ships in the Fog</title>
<link>SITE/fog</link><description>Iran fired on ships [...]</description></item></channel></rss>"""
PAGE = b"""<html><body><article><h1>Iran Fires on Ships in the Fog</h1><p>Iran fired on ships in the
strait on Tuesday, and at least 14 sailors were wounded, the navy said on Wednesday.</p>
<p>Nobody had seen anything like it since 1987.</p></article></body></html>"""


@pytest.fixture(autouse=True)
def _house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ALERTBOT_TELEGRAM_TOKEN", raising=False)
    Path("config.toml").write_text(CONFIG)
    Path("list.opml").write_text(LIST)


@pytest.fixture
def site() -> Iterator[str]:
    """Serve a page that names a feed, at /, and one that names none, at /none/."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            link = '<link rel="alternate" type="application/rss+xml" href="{}">'
            named = link.format("/news.xml") + link.format("/old.xml")
            pages = {
                "/": f"<html>{named}".encode(),
                "/none/": b"<html>",
                "/news.xml": RSS,
                "/excerpts.xml": EXCERPTS.replace(
                    b"SITE", f"http://{self.headers['Host']}".encode()
                ),
                "/fog": PAGE,
            }
            body = pages.get(self.path)
            self.send_response(200 if body else 404)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_import_prints_blocks_to_paste_and_says_what_it_skipped(capsys) -> None:
    assert main(["feeds", "import", "list.opml"]) == 0

    shown = capsys.readouterr()
    assert shown.out == BLOCKS + "\n"
    assert shown.err.splitlines() == [
        "skipped FDD: already there, as fdd",
        "skipped Ours: a user name or password in the address",
        "2 feeds to add; --write appends them to the config, 2 skipped.",
    ]
    assert Path("config.toml").read_text() == CONFIG


def test_import_can_append_them_and_touches_nothing_else(capsys) -> None:
    Path("config.toml").chmod(0o640)

    assert main(["feeds", "import", "list.opml", "--write"]) == 0

    assert Path("config.toml").read_text() == f"{CONFIG}\n\n{BLOCKS}"
    assert stat.S_IMODE(Path("config.toml").stat().st_mode) == 0o640
    assert capsys.readouterr().out == "2 feeds added to config.toml, 2 skipped.\n"
    assert main(["check"]) == 0


def test_importing_twice_adds_nothing(capsys) -> None:
    main(["feeds", "import", "list.opml", "--write"])
    written = Path("config.toml").read_text()
    capsys.readouterr()

    assert main(["feeds", "import", "list.opml", "--write"]) == 0

    assert Path("config.toml").read_text() == written
    assert capsys.readouterr().out == "Nothing to add, 4 skipped.\n"


def test_a_config_that_cannot_take_them_is_as_it_was(capsys) -> None:
    inline = 'feeds = [{id = "fdd", url = "https://www.fdd.org/feed/"}]\n'
    inline += '[[topics]]\nid = "iran"\nname = "Iran"\nrule = \'Iran*\'\n'
    Path("config.toml").write_text(inline)

    assert main(["feeds", "import", "list.opml", "--write"]) == 2

    assert Path("config.toml").read_text() == inline
    assert "not changed, since with these feeds it would not be usable" in capsys.readouterr().err


def test_a_list_without_feeds_is_not_fine(capsys) -> None:
    Path("list.opml").write_text("<opml><body/></opml>")

    assert main(["feeds", "import", "list.opml"]) == 1

    assert capsys.readouterr().err == "There is no feed in this list.\n"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere.opml", "cannot read nowhere.opml: No such file or directory"),
        ("config.toml", "no OPML: broken XML (not well-formed (invalid token), line 1)"),
    ],
)
def test_a_file_that_is_no_list_is_named(capsys, name: str, reason: str) -> None:
    assert main(["feeds", "import", name]) == 2

    assert capsys.readouterr().err == f"alertbot: {reason}\n"


def test_what_is_exported_can_be_imported_elsewhere(capsys) -> None:
    main(["feeds", "import", "list.opml", "--write"])
    capsys.readouterr()
    assert main(["feeds", "export"]) == 0
    Path("mine.opml").write_text(capsys.readouterr().out)
    Path("config.toml").write_text("")

    main(["feeds", "import", "mine.opml"])

    found = tomllib.loads(capsys.readouterr().out)["feeds"]
    assert [feed["id"] for feed in found] == ["fdd", "isw-backgrounders", "isw-backgrounders-2"]


def test_find_prints_what_can_be_pasted_and_why_the_rest_cannot(capsys, site: str) -> None:
    assert main(["feeds", "find", site]) == 0

    assert capsys.readouterr().out == (
        "# Harbour News: 1 entry, the newest of 2024-01-24\n"
        "[[feeds]]\n"
        'id = "harbour-news"\n'
        'name = "Harbour News"\n'
        f'url = "{site}/news.xml"\n'
        "\n"
        f"# {site}/old.xml\n"
        "# cannot be read: HTTP 404\n"
        "\n"
    )


def test_find_says_what_the_config_has_already(capsys, site: str) -> None:
    Path("config.toml").write_text(CONFIG.replace("https://www.fdd.org/feed/", f"{site}/news.xml"))

    main(["feeds", "find", f"{site}/news.xml"])

    assert capsys.readouterr().out.splitlines()[1:3] == [
        f"# {site}/news.xml",
        "# already in config.toml, as fdd",
    ]


def test_find_prints_a_line_of_json_for_each_feed(capsys, site: str) -> None:
    main(["feeds", "find", site, "--format", "jsonl"])

    first, second = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert first == {
        "url": f"{site}/news.xml",
        "title": "Harbour News",
        "entries": 1,
        "newest": "2024-01-24T08:00:00+00:00",
        "error": None,
        "known_as": None,
        "toml": f'[[feeds]]\nid = "harbour-news"\nname = "Harbour News"\nurl = "{site}/news.xml"',
    }
    assert (second["error"], second["toml"]) == ("HTTP 404", None)


def test_find_is_not_fine_where_there_is_no_feed(capsys, site: str) -> None:
    assert main(["feeds", "find", f"{site}/none/"]) == 1

    shown = capsys.readouterr().out
    assert shown == f"No feed found at {site}/none/, nor in the usual places there.\n"


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Crisis Group: Alerts", "crisis-group-alerts"),
        ("Café Zürich", "cafe-zurich"),
        ("Straße", "strasse"),
        ("A " + "very " * 20 + "long name", "a" + "-very" * 9),
        ("日本", "a-example"),
        ("", "a-example"),
    ],
)  # fmt: skip
def test_an_id_is_made_of_the_name(name: str, id_: str) -> None:
    (feed,), _ = plan([(name, "https://a.example/feed")], ())

    assert feed.id == id_


@given(st.lists(st.tuples(st.text(max_size=60), st.text("ab/.", max_size=4)), max_size=8))
def test_any_names_give_blocks_that_are_valid_toml(names: list[tuple[str, str]]) -> None:
    listed = [
        (name.encode("utf-8", "ignore").decode(), f"https://{host}.example") for name, host in names
    ]

    wanted, skipped = plan(listed, ())

    found = tomllib.loads("\n\n".join(feed.block for feed in wanted)).get("feeds", [])
    assert [feed["name"] for feed in found] == [feed.name for feed in wanted]
    assert len({feed["id"] for feed in found}) == len(found) == len(listed) - len(skipped)


@pytest.mark.parametrize(("content", "told"), [("auto", True), ("feed", False)])
def test_a_preview_completes_excerpts_as_the_service_would(
    capsys, site: str, content: str, told: bool
) -> None:
    url = f"{site}/excerpts.xml"
    told_in_config = f'url = "{url}"\ncontent = "{content}"'
    Path("config.toml").write_text(
        CONFIG.replace('url = "https://www.fdd.org/feed/"', told_in_config)
    )

    assert main(["preview", url]) == 0

    assert ("at least 14 sailors were wounded" in capsys.readouterr().out) is told
