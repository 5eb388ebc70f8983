"""A metabase and its stores, read whole."""
