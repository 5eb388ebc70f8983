"""A metabase as tree, map, export; the schema and the rules as data."""
