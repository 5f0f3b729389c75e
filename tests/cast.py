"""The people everyone uses; the demo gives the same ones random passwords."""

from simulator.cast import CAST, OUTSIDER, Role

__all__ = ["CAST", "OUTSIDER", "Role"]
