"""Who answers for a fund, for how long, and the meetings at which it is decided."""
