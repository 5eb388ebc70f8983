"""bindctl: binds web sites to addresses, ports, host names and certificates."""

__version__ = "0.1.0"
