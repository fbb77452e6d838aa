"""The cure of funds with problems (แก้ไขกองทุนที่มีปัญหา): survey, plan, clinics, survey again, solved."""
