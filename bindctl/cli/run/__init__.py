"""How a command line is run: the application, its options, the guard before a write."""
