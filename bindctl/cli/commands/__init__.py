"""One module a command: `register(app)` adds it; the function only parses and renders."""
