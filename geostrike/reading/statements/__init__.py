"""What a text states of its strikes: claims of speakers, distances and quantities."""
