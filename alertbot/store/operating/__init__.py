"""What the operator sees: processes, and how everything stands."""
