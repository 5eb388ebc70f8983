"""Results as programs read them."""
