"""Training, synthesis of labelled text, evaluation and export of the tagger."""
