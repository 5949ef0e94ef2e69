"""How long rows are kept, and how they move to another database."""
