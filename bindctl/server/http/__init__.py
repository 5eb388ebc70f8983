"""HTTP: octets to requests, requests to answers.

Parsing, conditions, static files and what is kept of them. No sockets.
"""
