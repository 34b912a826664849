"""Merge records into strikes (`merge`), apply a reviewer's decisions (`review`), compare runs (`compare`)."""
