"""Everything that decides whether a model is good enough, on rows that the model was never trained on."""
