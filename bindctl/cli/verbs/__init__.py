"""The verbs of adsutil in bindctl's notation, without Typer."""
