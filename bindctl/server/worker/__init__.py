"""A worker: connections, what it answers at once, its caches and logs."""
