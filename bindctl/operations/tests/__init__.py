"""Tests that a metabase holds of itself."""
