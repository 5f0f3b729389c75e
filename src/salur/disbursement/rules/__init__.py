"""What is true without a database: numbers, tokens, channels, slots. Values in, values out."""
