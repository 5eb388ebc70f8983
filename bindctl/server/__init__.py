"""http.sys and W3SVC: what listens, decrypts, routes and answers.

A supervisor opens the sockets and forks workers; a worker holds one plan and swaps it
whole. All decisions about sites and certificates are `bindctl.routing`'s.
"""
