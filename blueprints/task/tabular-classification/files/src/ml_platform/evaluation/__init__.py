"""Everything that decides whether a model is good enough; nothing here ever sees a row that the model was trained on."""
