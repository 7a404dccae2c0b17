"""What was done, by whom: written in the transaction that did it."""
