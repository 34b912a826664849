"""The distance from a border to strikes (`measure`), and how it agrees with what reports state (`stated`)."""
