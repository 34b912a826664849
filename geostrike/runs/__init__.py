"""Around a run: its input, its record and its files; tables measured alone, and two runs compared."""
