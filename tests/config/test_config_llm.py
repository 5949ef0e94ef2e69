"""The language model in the config, and its key, which is never shown."""

import pytest

from alertbot.config import Llm, Secret, check_config, load_config

URL = 'url = "http://127.0.0.1:11434/v1"'
BOTH = f'[llm]\n{URL}\nmodel = "tiny"\n'
KEY = "sk-1234567890abcdef"


@pytest.mark.parametrize("text", ["", "[llm]"])
def test_none_is_asked_unless_it_is_named(write, text):
    assert load_config(write(text), {}).llm is None


def test_an_address_and_a_model_are_enough(write):
    llm = load_config(write(BOTH), {}).llm

    assert llm == Llm(url="http://127.0.0.1:11434/v1", model="tiny", key=None)


def test_the_environment_gives_the_key(write):
    assert load_config(write(BOTH), {"ALERTBOT_LLM_KEY": f"{KEY}\n"}).llm.key == Secret(KEY)


def test_a_file_beside_the_config_gives_the_key(write, tmp_path):
    path = tmp_path / "llm.key"
    path.write_text(f"{KEY}\n")
    path.chmod(0o600)
    config = load_config(write(f'{BOTH}key_file = "llm.key"'), {})

    assert config.llm.key == Secret(KEY)
    assert KEY not in repr(config)


@pytest.mark.parametrize(
    ("text", "line", "key", "message"),
    [
        (f"[llm]\n{URL}", 1, "llm.model", "missing; it says which one to ask"),
        ('[llm]\nmodel = "tiny"', 1, "llm.url", "missing; it says where the language model is"),
        (
            f"{BOTH}temperature = 1",
            4,
            "llm.temperature",
            "unknown key; known here: url, model, key_file",
        ),
        (f'{BOTH}key_file = ""', 4, "llm.key_file", "must not be empty"),
    ],
)
def test_a_mistake_is_told_with_line_and_key(complaints, text, line, key, message):
    assert complaints(text) == [(line, key, message)]


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("127.0.0.1:11434", "expected a web address"),
        ("ftp://example.org/v1", "expected a web address"),
        ("https://me:secret@example.org/v1", "no user name or password here"),
        ("https://example.org/v1/chat/completions", "expected the base address"),
        ("https://example.org/v1?key=secret", "expected the base address"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_unseen(complaints, url, hint):
    [(line, key, message)] = complaints(f'[llm]\nurl = "{url}"\nmodel = "tiny"')

    assert (line, key) == (2, "llm.url")
    assert message.startswith(hint)
    assert "secret" not in message


@pytest.mark.parametrize("key", ["key", "api_key"])
def test_a_key_in_the_config_is_an_unknown_key_with_advice(complaints, key):
    [(line, _, message)] = complaints(f'{BOTH}{key} = "{KEY}"')

    assert line == 4
    assert "ALERTBOT_LLM_KEY" in message
    assert KEY not in message


def test_a_key_where_its_file_should_be_named_is_not_repeated(complaints):
    [(line, key, message)] = complaints(f'{BOTH}key_file = "{KEY}"')

    assert (line, key) == (4, "llm.key_file")
    assert message.startswith("this is a key, not the name of a file")
    assert KEY not in message


def test_a_variable_without_a_key_is_refused_unseen(write):
    [problem] = [
        one
        for one in check_config(write(BOTH), {"ALERTBOT_LLM_KEY": "two words"})
        if not one.warning
    ]

    assert problem.key == "ALERTBOT_LLM_KEY"
    assert "two words" not in problem.message


def test_a_key_file_that_is_not_there_is_a_mistake(complaints, tmp_path):
    [(_, key, message)] = complaints(f'{BOTH}key_file = "llm.key"')

    assert (key, message) == (
        "llm.key_file",
        f"cannot read {tmp_path / 'llm.key'}: No such file or directory",
    )
