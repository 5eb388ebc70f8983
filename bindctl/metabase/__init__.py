"""The metabase: paths, schema, tree with inheritance, and the TOML document.

Octets come in, values and octets go out; `bindctl.storage` reads and writes the file.
This package does not know what bindings and certificates mean.
"""
