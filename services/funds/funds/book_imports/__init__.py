"""Books that funds kept on paper and in workbooks, taken over (นำเข้าสมุดบัญชีเดิม): checked, then posted."""
