"""Strike records: a frame for what one sentence reports of a strike, a record for what the whole text reports."""
