"""What recipients say about records: sightings and verdicts, and what they come to."""
