"""A borrower died (ผู้กู้เสียชีวิต): her loan is frozen until it is decided who answers for it."""
