"""`salur demo`: a whole tranche through the doors that people use, then the books compared."""
