"""Doors for staff: the desks of planning, cash and decisions."""
