"""Lines, areas and countries: the border between two countries, from a file or by date, and the land that maps draw."""
