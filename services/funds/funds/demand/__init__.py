"""Demand (ทวงถาม): how late each loan is, day by day, and what is done about it."""
