"""What the classifier's tests are given."""

from collections.abc import Callable

import pytest
from classifier_samples import make_brief, match_rule

from alertbot.model import Brief, Match

BriefOf = Callable[..., Brief]
MatchOf = Callable[..., tuple[Match, ...]]


@pytest.fixture
def brief_of() -> BriefOf:
    return make_brief


@pytest.fixture
def match_of() -> MatchOf:
    return match_rule
