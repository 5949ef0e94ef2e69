"""What a config file without mistakes becomes."""

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.config import load_config
from alertbot.config.models import duration
from alertbot.model import Content, Feed, FeedId, Prominence, Promise, Topic, TopicId
from alertbot.ports import Retention

FULL = """
[store]
url = "sqlite:///data/alerts.db"

[telegram]
base_url = "http://127.0.0.1:8081/bot"
admins = [5, 7, 5]
paid_broadcast = 100

[network]
allow_private = true
contact = "https://example.org/alertbot"

[web]
listen = "[::1]:8080"

[chats]
max_subscriptions = 12
max_watches = 0

[retention]
briefs = "36500d"
deliveries = "7d"
lost_chats = "90d"
acts = "8d"

[[feeds]]
id = "fdd"
name = "FDD"
url = "https://www.fdd.org/feed/"
interval = "10m"
min_interval = "3m"
obey_hints = false
content = "page"

[terms]
iran_actors = ["Iran*", "Tehran"]

[[topics]]
id = "iran"
name = "Iran"
publisher_tags = ["Iran Missiles"]
rule = "@iran_actors"
prominence = "any"
delivery = "at_most_once"
urgent = true
shelf_life = "6h"
"""


def test_every_key_arrives(write):
    config = load_config(write(FULL), {})

    assert frozenset({5, 7}) == config.admins
    assert config.telegram_base_url == "http://127.0.0.1:8081/bot"
    assert config.paid_broadcast == 100
    assert config.allow_private is True
    assert config.contact == "https://example.org/alertbot"
    assert config.web_listen == ("::1", 8080)
    assert config.max_subscriptions == 12
    assert config.max_watches == 0
    assert config.retention == Retention(
        briefs=timedelta(days=36500),
        deliveries=timedelta(days=7),
        lost_chats=timedelta(days=90),
        acts=timedelta(days=8),
    )
    assert config.feeds == (
        Feed(
            id=FeedId("fdd"),
            name="FDD",
            url="https://www.fdd.org/feed/",
            interval=timedelta(minutes=10),
            min_interval=timedelta(minutes=3),
            obey_hints=False,
            content=Content.PAGE,
        ),
    )
    assert config.terms == {"iran_actors": ("Iran*", "Tehran")}
    assert config.topics == (
        Topic(
            id=TopicId("iran"),
            name="Iran",
            publisher_tags=("Iran Missiles",),
            rule="@iran_actors",
            prominence=Prominence.ANY,
            delivery=Promise.AT_MOST_ONCE,
            urgent=True,
            shelf_life=timedelta(hours=6),
        ),
    )


def test_everything_but_feeds_and_topics_has_a_default(write):
    path = write("")
    config = load_config(path, {})

    assert config.path == path
    assert config.store_url == f"sqlite:///{path.parent}/alertbot.db"
    assert config.token is None
    assert config.telegram_base_url == "https://api.telegram.org/bot"
    assert config.admins == frozenset()
    assert config.paid_broadcast is None
    assert config.allow_private is False
    assert config.contact is None
    assert config.web_listen is None
    assert config.max_subscriptions == 50
    assert config.max_watches == 10
    assert config.retention == Retention(
        briefs=timedelta(days=365),
        deliveries=timedelta(days=30),
        lost_chats=timedelta(days=30),
        acts=timedelta(days=365),
    )
    assert config.feeds == ()
    assert config.terms == {}
    assert config.topics == ()


def test_a_feed_needs_only_an_id_and_a_url(write):
    config = load_config(write('[[feeds]]\nid = "fdd"\nurl = "https://www.fdd.org/feed/"'), {})

    feed = config.feeds[0]
    assert feed.name == "fdd"
    assert (feed.interval, feed.min_interval) == (timedelta(minutes=5), timedelta(minutes=2))


@pytest.mark.parametrize(
    ("line", "interval", "min_interval"),
    [
        ('interval = "1s"', timedelta(seconds=1), timedelta(seconds=1)),
        ('min_interval = "1h"', timedelta(hours=1), timedelta(hours=1)),
        ('interval = "1d"', timedelta(days=1), timedelta(minutes=2)),
    ],
)
def test_one_interval_alone_moves_the_default_of_the_other(write, line, interval, min_interval):
    text = f'[[feeds]]\nid = "x"\nurl = "https://example.org/feed"\n{line}'
    feed = load_config(write(text), {}).feeds[0]

    assert (feed.interval, feed.min_interval) == (interval, min_interval)


def test_a_relative_store_is_relative_to_the_config_file_not_to_where_one_stands(
    write, tmp_path, monkeypatch
):
    path = write('[store]\nurl = "sqlite:///data/a.db"')
    monkeypatch.chdir(tmp_path)

    config = load_config(Path(path.name), {})

    assert config.store_url == f"sqlite:///{tmp_path}/data/a.db"


def test_an_absolute_store_stays_where_it_is(write):
    config = load_config(write('[store]\nurl = "sqlite:////var/lib/alertbot.db"'), {})

    assert config.store_url == "sqlite:////var/lib/alertbot.db"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me@db/alerts",
        "postgresql+asyncpg://me@db:5433/alerts?sslmode=require",
        "postgres:///alerts?host=/run/postgresql",
        "postgresql://me@[::1]/alerts",
    ],
)
def test_a_store_on_a_server_keeps_its_address(write, url):
    config = load_config(write(f'[store]\nurl = "{url}"'), {})

    assert config.store() == (url, None)


def test_a_password_in_the_address_of_a_store_shows_nowhere(write):
    config = load_config(write('[store]\nurl = "postgresql://me:hu%40sh@db/alerts"'), {})

    assert config.store_url == "postgresql://me@db/alerts"
    assert config.store() == ("postgresql://me@db/alerts", "hu@sh")
    assert "sh" not in repr(config.store_password)
    assert "hu%40sh" not in repr(config) and "hu@sh" not in repr(config)


@pytest.mark.parametrize(
    ("listen", "expected"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("localhost:80", ("localhost", 80)),
        ("0.0.0.0:65535", ("0.0.0.0", 65535)),
    ],
)
def test_listen_is_a_host_and_a_port(write, listen, expected):
    assert expected == load_config(write(f'[web]\nlisten = "{listen}"'), {}).web_listen


def test_a_byte_order_mark_is_not_part_of_the_config(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf[chats]\r\nmax_subscriptions = 3\r\n")

    assert load_config(path, {}).max_subscriptions == 3


def test_a_config_cannot_be_changed(write):
    config = load_config(write(FULL), {})

    with pytest.raises(dataclasses.FrozenInstanceError):
        config.contact = None
    with pytest.raises(TypeError):
        config.terms["more"] = ()


UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@given(number=st.integers(1, 999_999), unit=st.sampled_from(sorted(UNITS)))
def test_a_duration_is_a_number_of_units(number, unit):
    assert timedelta(seconds=number * UNITS[unit]) == duration(f"{number}{unit}")


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.just("0s")))
def test_nothing_else_is_a_duration(value):
    number, unit = (value[:-1], value[-1:]) if isinstance(value, str) else ("", "")
    is_one = number.isascii() and number.isdigit() and len(number) < 7 and unit in UNITS
    if is_one and int(number):
        return
    with pytest.raises(ValueError, match="expected a duration such as"):
        duration(value)
