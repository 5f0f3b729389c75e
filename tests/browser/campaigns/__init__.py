"""Long runs of the officers' app in a real browser; small variants stand in ``make test``."""
