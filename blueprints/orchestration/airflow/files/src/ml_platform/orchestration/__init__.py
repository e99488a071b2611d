"""What an orchestrator needs to run the stages; it decides when and where, never how a stage works."""
