"""Versions of a metabase: history, backups, canonical form, drift."""
