"""The platform's own package: stages, and the parts that they share."""
