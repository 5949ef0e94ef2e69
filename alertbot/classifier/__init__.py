"""Brief -> Matches: the rule language, the lint for it, and the classifier that runs rules."""

from alertbot.classifier.explain import Explained
from alertbot.classifier.language.lint import RuleProblem, lint
from alertbot.classifier.match import Classifier, compile_topics

__all__ = ["Classifier", "Explained", "RuleProblem", "compile_topics", "lint"]
