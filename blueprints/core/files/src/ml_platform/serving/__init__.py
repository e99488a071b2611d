"""Everything that turns features into scores: the predictor, and the servers around it where there are any."""
