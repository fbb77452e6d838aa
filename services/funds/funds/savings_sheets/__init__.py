"""Cut-off sheets of savings groups (ใบตัดยอด): everybody's balance on a day, with a total that is signed."""
