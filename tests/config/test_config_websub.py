"""Where hubs push, in the config."""

import pytest

from alertbot.config import Websub, load_config

CALLBACK = 'callback = "https://op.example/websub/"'
LISTEN = 'listen = "127.0.0.1:8081"'


@pytest.mark.parametrize("text", ["", "[websub]"])
def test_feeds_are_only_polled_unless_a_callback_is_named(write, text):
    assert load_config(write(text), {}).websub is None


def test_a_callback_and_where_to_listen_are_enough(write):
    config = load_config(write(f"[websub]\n{CALLBACK}\n{LISTEN}"), {})

    assert config.websub == Websub(callback="https://op.example/websub", listen=("127.0.0.1", 8081))


@pytest.mark.parametrize(
    ("text", "line", "key", "message"),
    [
        (f"{LISTEN}", 1, "websub.callback", "missing; it says where hubs reach us"),
        (
            f"{CALLBACK}",
            1,
            "websub.listen",
            "missing; it says the address and port that the web server in front leads to",
        ),
        (
            f"{CALLBACK}\n{LISTEN}\n[web]\n{LISTEN}",
            3,
            "websub.listen",
            "the same as under [web], which is not for everybody; take another port",
        ),
        (
            f'callback = "https://op.example/?push"\n{LISTEN}',
            2,
            "websub.callback",
            'expected an address such as "https://example.org/websub", without a user name, ? or #',
        ),
        (
            f'callback = "op.example"\n{LISTEN}',
            2,
            "websub.callback",
            "expected a web address: http:// or https://, a host, and no blanks",
        ),
        (
            f'{CALLBACK}\nlisten = "8081"',
            3,
            "websub.listen",
            'expected an address and a port, such as "127.0.0.1:8080"',
        ),
        (
            f'{CALLBACK}\nlissten = "127.0.0.1:8081"',
            3,
            "websub.lissten",
            'unknown key; did you mean "listen"?',
        ),
    ],
)
def test_a_mistake_is_told_with_line_and_key(complaints, text, line, key, message):
    assert complaints(f"[websub]\n{text}") == [(line, key, message)]


def test_a_callback_that_no_hub_can_reach_is_doubted(warnings):
    found = warnings(f'[websub]\ncallback = "http://localhost:8081/websub"\n{LISTEN}')

    assert (2, "websub.callback", "hubs cannot reach this address: it is not public") in found
