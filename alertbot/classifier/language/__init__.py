"""The rule language: text -> nodes, or a mistake with its column. docs/rules.md is its manual."""
