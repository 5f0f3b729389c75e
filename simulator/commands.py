"""The simulator's own commands."""

from simulator.demo.command import register

__all__ = ["register"]
