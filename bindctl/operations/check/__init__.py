"""Findings of a metabase, and fixes for them."""
