"""Feed editions: the yearly survey comes in, is checked row by row, and brings the registry up to date."""
