"""One module per pipeline stage; each has `run(context) -> handover` and can be run by itself."""
