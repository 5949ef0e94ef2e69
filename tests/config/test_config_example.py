"""The config that comes with alertbot."""

import re
from pathlib import Path

import pytest

from alertbot.config import check_config, load_config

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"

pytestmark = pytest.mark.skipif(not EXAMPLE.exists(), reason="no config.example.toml yet")


def test_it_has_no_mistake_and_nothing_doubtful():
    assert check_config(EXAMPLE, {}) == ()


def test_it_reads_eight_feeds_or_more_and_fdd_first():
    feeds = load_config(EXAMPLE, {}).feeds

    assert len(feeds) >= 8
    assert feeds[0].url == "https://www.fdd.org/feed/"


def test_it_talks_in_the_terminal_until_it_is_given_a_token():
    assert load_config(EXAMPLE, {}).token is None


KEYS = [
    *("url", "token_file", "base_url", "admins", "allow_private", "contact", "listen"),
    *(
        "max_subscriptions",
        "max_watches",
        "briefs",
        "deliveries",
        "lost_chats",
        "acts",
        "model",
        "key_file",
        "id",
        "name",
        "interval",
        "min_interval",
        "obey_hints",
        "content",
        "publisher_tags",
        "rule",
    ),
    *("prominence", "delivery", "urgent", "shelf_life", "paid_broadcast"),
]


@pytest.mark.parametrize("key", KEYS)
def test_it_shows_or_explains_every_key_there_is(key):
    assert re.search(rf"^# *{key} |^#?{key} *=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)


def test_its_keys_in_comments_are_right_as_they_stand(tmp_path):
    text = EXAMPLE.read_text(encoding="utf-8")
    path = tmp_path / "config.toml"
    path.write_text(re.sub(r"^#([a-z_]+ *=)", r"\1", text, flags=re.MULTILINE), encoding="utf-8")
    for name, secret in (
        ("telegram.token", "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw_"),
        ("llm.key", "sk-test"),
    ):
        (tmp_path / name).write_text(secret)
        (tmp_path / name).chmod(0o600)

    assert check_config(path, {}) == ()
    config = load_config(path, {})
    assert config.web_listen == ("127.0.0.1", 8080)
    assert config.llm and config.llm.url == "http://127.0.0.1:11434/v1"


def test_it_asks_no_language_model():
    assert load_config(EXAMPLE, {"ALERTBOT_LLM_KEY": "sk-test"}).llm is None
