"""Strikes: what each sentence reports of one, and what the text reports of it as a whole."""
