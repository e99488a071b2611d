"""The search for parameters: bounded, seeded, resumable and shared between workers."""
