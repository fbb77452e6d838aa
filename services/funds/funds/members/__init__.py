"""Who belongs to a fund, and the groups that members borrow in."""
