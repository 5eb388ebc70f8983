"""The table of verbs, and what reads command lines by it without Typer."""
