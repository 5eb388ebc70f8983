"""The binding table of a metabase.

From a tree of properties to typed sites, bindings and certificate records; which
sites start; the rules for conflicts and for certificates' coverage. No routing:
`bindctl.routing` compiles what this table says.
"""
