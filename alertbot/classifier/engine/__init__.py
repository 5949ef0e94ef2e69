"""Rules compiled for speed: one pass over a brief finds every literal, candidates are evaluated."""
