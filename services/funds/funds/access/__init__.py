"""Access to capital (สร้างโอกาสเข้าถึงแหล่งทุน): the poor who reach no fund, and which suits them."""
