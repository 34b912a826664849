"""Reading takes linear time."""

import pytest
from long_reports import SENTENCES, long_report, seconds


@pytest.mark.parametrize("shape", SENTENCES)
def test_growth_is_linear(shape):
    """Four times the names take about four times the time; sixteen times fails."""
    few = seconds(long_report(shape, 250), runs=2)
    text = long_report(shape, 1000)
    # A busy machine gets a second and a third chance.
    assert any(seconds(text) <= 8 * few for _ in range(3)), f"over {8 * few:.2f} s for 1,000 names"
