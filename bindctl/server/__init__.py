"""http.sys and W3SVC: what listens, decrypts, routes and answers.

A supervisor opens the sockets and forks workers; a worker holds one plan and swaps it
whole. `bindctl.routing` makes all decisions about sites and certificates.
"""
