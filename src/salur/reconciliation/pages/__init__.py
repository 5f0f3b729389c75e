"""Doors of the cashier's desk and of the books."""
