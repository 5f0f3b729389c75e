"""A small country under a virtual clock: devices, officers and desks that meet with every fault."""
