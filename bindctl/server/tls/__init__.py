"""TLS: the ClientHello, the context it gets, certificates of the central store."""
