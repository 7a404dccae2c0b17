"""The types of indicator: their examples, how they are read, and their traps."""
