"""Files that are no config at all, and files that could hold anything."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.config import check_config, load_config
from alertbot.errors import ConfigError, Problem


def test_a_missing_file_is_one_clear_problem(tmp_path):
    path = tmp_path / "config.toml"
    message = "there is no such file; copy config.example.toml to it, or name another with --config"

    assert check_config(path, {}) == (Problem(file=str(path), line=None, key="", message=message),)
    with pytest.raises(ConfigError, match="there is no such file"):
        load_config(path, {})


def test_a_folder_is_no_config(tmp_path):
    [problem] = check_config(tmp_path, {})

    assert problem.message == "cannot be read: Is a directory"


def test_another_encoding_is_refused_with_its_line(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes('[[feeds]]\nid = "a"\nname = "Café"'.encode("latin-1"))

    [problem] = check_config(path, {})

    assert problem.line == 3
    assert problem.message == "not UTF-8 text (byte 0xe9); save the file as UTF-8"


# --- any values under the keys we know --------------------------------------------------------

TABLES = ["store", "telegram", "network", "web", "chats", "terms", "feeds", "topics"]
KEYS = [
    *("url", "token_file", "base_url", "admins", "contact", "listen", "id", "name", "interval"),
    *("min_interval", "publisher_tags", "rule", "prominence", "token", "max_subscriptions"),
    "max_watches",
    *("delivery", "urgent", "shelf_life", "paid_broadcast"),
]
scalars = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8),
    st.sampled_from(["http://[", "sqlite:///", "5m", "@x AND", "fdd", "", "https://a:b@c/"]),
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
)
tables = st.dictionaries(
    st.one_of(st.sampled_from(KEYS), st.sampled_from(["x", "\\u0000", "ключ"])),
    st.one_of(scalars, st.lists(scalars, max_size=3), st.just({"id": 1})),
    max_size=5,
)


def toml(value):
    """Write a value in one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


@given(
    st.dictionaries(
        st.sampled_from(TABLES), st.one_of(tables, scalars, st.lists(tables, max_size=3))
    )
)
def test_whatever_the_file_holds_the_outcome_is_a_config_or_its_problems(data):
    with TemporaryDirectory() as folder:
        path = Path(folder, "config.toml")
        path.write_text("\n".join(f"{key} = {toml(value)}" for key, value in data.items()), "utf-8")

        problems = check_config(path, {})

        if any(not one.warning for one in problems):
            with pytest.raises(ConfigError) as error:
                load_config(path, {})
            assert error.value.problems == problems
        else:
            assert load_config(path, {}).path == path
