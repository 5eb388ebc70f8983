"""Findings of a metabase: rules over all that is read, and fixes."""
