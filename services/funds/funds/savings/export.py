"""Members' balances as a file."""

from shared.exports import Export

ACCOUNTS = Export(
    name="savings-accounts",
    action="savings_account.export",
    columns={
        "member_id": "รหัสสมาชิกในระบบ",
        "member_no": "เลขที่สมาชิก",
        "name": "ชื่อ นามสกุล",
        "state": "สถานะ",
        "savings": "เงินสัจจะสะสม",
        "shares": "เงินหุ้น",
        "pledge": "สัจจะต่อเดือน",
        "last_moved_on": "เคลื่อนไหวล่าสุด",
    },
    key=("member_id",),
)
DESCRIBED = ACCOUNTS.described(
    member_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    member_no="17",
    name="นางสาวมาลี สายทอง",
    state="active",
    savings="5200.00",
    shares="1000.00",
    pledge="100.00",
)
