"""What sharing amounts to: volumes, times, effects and trends, in pictures and tables."""
