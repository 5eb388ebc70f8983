"""The metabase: paths, schema, tree with inheritance, and the TOML document.

Octets in, values and octets out: reading and writing the file is
`bindctl.storage`'s. No meaning of bindings or certificates is known here.
"""
