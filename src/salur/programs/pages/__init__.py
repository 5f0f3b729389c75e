"""Pages of tranches, orders and lists."""
