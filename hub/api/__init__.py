"""What every part of the API shares: views, parsers, answers, errors, its description."""
