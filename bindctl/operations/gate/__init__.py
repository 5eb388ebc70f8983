"""What a write does to others, before it is made."""
