"""Checks requests and results against Telegram's Bot API, as a machine-readable description has it.

The description is the `api.json` of github.com/PaulSonOfLars/telegram-bot-api-spec (MIT), which is
not part of this repository. It is looked for at ALERTBOT_BOT_API_SPEC, then in a folder `shared`
beside the checkout; without it nothing is checked, and a test says so.
"""

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[3] / "shared" / "telegram-bot-api.json"
ARRAY = "Array of "


def find_spec() -> Path | None:
    """Return where the description is; None if nowhere."""
    named = os.environ.get("ALERTBOT_BOT_API_SPEC")
    path = Path(named) if named else BESIDE_THE_CHECKOUT
    return path if path.is_file() else None


class BotApiSpec:
    """The methods and types of the Bot API."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        self._methods = description["methods"]
        self._types = description["types"]

    @classmethod
    def load(cls) -> Self | None:
        """Read the description; None where there is none."""
        path = find_spec()
        return _read(cls, path) if path else None

    def request_problems(self, method: str, form: Mapping[str, str]) -> list[str]:
        """Return what is wrong with a form-encoded request."""
        known = self._methods.get(method)
        if known is None:
            return [f"{method}: no such method"]
        fields = {field["name"]: field for field in known.get("fields", [])}
        problems = [
            f"{method}: {name} is missing"
            for name, field in fields.items()
            if field["required"] and name not in form
        ]
        for name, text in form.items():
            if name not in fields:
                problems.append(f"{method}: no parameter {name}")
            else:
                value = _read_form_value(text, fields[name]["types"])
                problems += self.value_problems(value, fields[name]["types"], f"{method}.{name}")
        return problems

    def result_problems(self, method: str, result: object) -> list[str]:
        """Return what is wrong with the result of a request."""
        return self.value_problems(result, self._methods[method]["returns"], f"{method} result")

    def value_problems(self, value: object, types: list[str], where: str) -> list[str]:
        """Return what is wrong with a value that has to be of one of the types."""
        tries = [self._problems(value, name, where) for name in types]
        return [] if [] in tries else min(tries, key=len)

    def _problems(self, value: object, name: str, where: str) -> list[str]:
        if name.startswith(ARRAY):
            if not isinstance(value, list):
                return [f"{where}: {value!r} is not an array"]
            return [
                problem
                for index, item in enumerate(value)
                for problem in self._problems(item, name.removeprefix(ARRAY), f"{where}[{index}]")
            ]
        simple = {"String": str, "Boolean": bool, "Integer": int, "Float": (int, float)}
        if name in simple:
            is_it = isinstance(value, simple[name]) and (
                name == "Boolean" or not isinstance(value, bool)
            )
            return [] if is_it else [f"{where}: {value!r} is no {name}"]
        described = self._types[name]
        if subtypes := described.get("subtypes"):
            return self.value_problems(value, subtypes, where)
        return self._object_problems(value, described, where)

    def _object_problems(
        self, value: object, described: Mapping[str, Any], where: str
    ) -> list[str]:
        if not isinstance(value, dict):
            return [f"{where}: {value!r} is no {described['name']}"]
        fields = {field["name"]: field for field in described.get("fields", [])}
        problems = [
            f"{where}: {name} is missing"
            for name, field in fields.items()
            if field["required"] and name not in value
        ]
        for name, inner in value.items():
            if name not in fields:
                problems.append(f"{where}: no field {name} in {described['name']}")
            else:
                problems += self.value_problems(inner, fields[name]["types"], f"{where}.{name}")
        return problems


@cache
def _read(cls: type[BotApiSpec], path: Path) -> BotApiSpec:
    return cls(json.loads(path.read_text("utf-8")))


def _read_form_value(text: str, types: list[str]) -> object:
    """Read a form field as the server does: everything that is no string is JSON."""
    if types == ["String"]:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
