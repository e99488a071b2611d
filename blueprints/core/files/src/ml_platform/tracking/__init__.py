"""Experiment tracking behind one small protocol, so that no stage knows which tool was chosen."""
