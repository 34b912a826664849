"""Read files, folders and tables of reports: formats, front matter, publication dates, languages, reprints."""
