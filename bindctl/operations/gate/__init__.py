"""Judges what a write changes for other sites, before it is made."""
