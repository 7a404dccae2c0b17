"""What happened, written down in the transaction in which it happened.

`publish()` adds an outbox row to the caller's transaction; `sharing.pipeline` says
who acts on it. Payloads carry ids and counts, never values or digests.
"""
