"""Place names in sentences, and the role of each."""
