"""Files: the metabase, the certificate stores, the development authority.

Octets reach the disk whole or not at all (`atomic`), and private keys are readable by
their owner alone from the first octet on. The layers below know what the octets mean;
nothing here prints, listens or asks the time.
"""
