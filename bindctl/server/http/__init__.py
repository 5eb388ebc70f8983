"""HTTP: octets to requests, requests to answers.

Parsing, conditions, static files and their cache. No sockets.
"""
