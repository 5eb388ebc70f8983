"""The table of verbs, and the parser that reads command lines by it without Typer."""
