"""Structure of a text: language, words, sentences, clauses, lexicon cues, dates and numbers."""
