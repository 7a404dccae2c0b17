"""Look-ups: whole answers, quotas, and what strangers may not learn from them."""
