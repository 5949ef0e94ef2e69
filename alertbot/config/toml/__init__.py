"""What tomllib does not tell of a TOML text: where its keys stand, and what is wrong in words."""
