"""Reports (รายงาน) by fund, village, tambon, district, province and fiscal year, from projections."""
