"""Everything that changes a metabase."""
