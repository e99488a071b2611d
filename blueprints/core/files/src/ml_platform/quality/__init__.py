"""Whether the data are good enough to be used: expectations, profiles, anomalies, service levels, one gate."""
