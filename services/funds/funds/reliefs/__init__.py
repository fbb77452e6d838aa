"""Relief of late loans (ปรับปรุงโครงสร้างหนี้): proposed by one person, approved by another."""
