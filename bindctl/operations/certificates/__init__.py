"""Certificates of the store: made, imported, assigned, removed; who they cover."""
