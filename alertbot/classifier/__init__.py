"""Brief -> Matches: the rule language, the lint for it, and the classifier that runs rules."""

from alertbot.classifier.changing import ChangingRules, changing_rules
from alertbot.classifier.explain import Explained
from alertbot.classifier.language.lint import RuleProblem, lint, lint_rule
from alertbot.classifier.match import Classifier, compile_topics

__all__ = [
    "ChangingRules",
    "Classifier",
    "Explained",
    "RuleProblem",
    "changing_rules",
    "compile_topics",
    "lint",
    "lint_rule",
]
