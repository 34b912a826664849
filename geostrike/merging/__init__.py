"""Records merged into strikes (`merge`), reviewed by a person (`review`), compared between runs (`compare`)."""
