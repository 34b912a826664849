"""Structure of a text: language, words, sentences, clauses, cues of the lexicon, dates and numbers."""
