"""Interest and dividends of a savings group (ดอกเบี้ย เงินปันผล): proposed, shared out by days, posted."""
