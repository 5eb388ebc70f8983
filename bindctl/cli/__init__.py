"""The command `bindctl`: parsing, rendering, JSON. No decisions.

`verbs.table` says what commands there are; `verbs.quick` reads command lines by it and
calls a handler in `commands`. What it cannot read, Typer words in `run`.
"""
