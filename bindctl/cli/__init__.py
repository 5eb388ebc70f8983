"""The command `bindctl`: parsing, rendering, JSON. No decisions.

`quick` answers the adsutil verbs without Typer; everything else is a Typer command in
`commands`, one module a verb. Both call the same operations.
"""
