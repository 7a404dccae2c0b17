"""What hub staff see and do: health, queues, onboarding, keys, quotas; never a value."""
