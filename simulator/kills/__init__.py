"""What survives when processes are killed at the worst moments: `python -m simulator.kills`."""
