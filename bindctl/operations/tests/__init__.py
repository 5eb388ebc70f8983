"""The tests that a metabase contains."""
