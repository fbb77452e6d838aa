"""Target cases: a household's way from found to out of poverty."""
