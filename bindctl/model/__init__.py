"""Values every layer shares: addresses, host names, bindings, sites, certificates.

Values only: no files, sockets, clocks or terminals, and nothing of the metabase's
syntax. A value that exists is valid; text becomes one through a ``parse_`` function.
"""
