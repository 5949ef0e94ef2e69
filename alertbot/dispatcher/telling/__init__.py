"""What messages about alerts are made of, and the whole of a brief behind a tap."""
