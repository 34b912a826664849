"""The input, record and files of a run; tables measured alone; comparison of two runs."""
