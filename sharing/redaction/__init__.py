"""From a claim and its obligations to the fields that may leave."""
