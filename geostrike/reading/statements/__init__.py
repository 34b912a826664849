"""Statements about strikes: claims of speakers, distances and quantities."""
