"""Features: from validated measures to the rows that a model is trained on."""
