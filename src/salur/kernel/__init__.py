"""A shelf below all rooms: money, time, ids, actors, errors, keys. It knows no business word."""
