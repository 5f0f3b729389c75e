"""Pages of accounts, devices and offices."""
