"""The authored corpora, the guide for annotators, converters and agreement."""
