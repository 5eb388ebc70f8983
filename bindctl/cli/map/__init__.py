"""The map of a configuration as text and pictures: from a `Topology` to characters.

Values in, text out; nothing here reads or writes.
"""
