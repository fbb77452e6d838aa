"""Common failings of community funds (ปัญหาที่พบของกองทุนชุมชน): found by the data every day, or by people."""
