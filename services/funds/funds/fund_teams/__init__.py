"""Move for Fund teams (ทีมคู่หู คู่คิด): four roles a district, who cure funds together."""
