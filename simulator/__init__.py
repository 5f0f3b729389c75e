"""Synthetic population, lists, officers and devices: they feed the demo, load tests and planning.

Nothing here is a real person: names are drawn from small word lists, numbers from a seed.
"""
