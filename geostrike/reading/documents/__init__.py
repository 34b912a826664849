"""Files, folders and tables of reports: formats, front matter, dates, languages and reprints."""
