"""A TOML document that is edited without touching the rest of it.

Knows nothing of sites, bindings or the schema.
"""
