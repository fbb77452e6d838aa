"""What a fund has resolved for itself, inside the limits of a product's terms."""
