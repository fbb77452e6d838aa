"""Mobile clinics (คลินิกแก้หนี้เคลื่อนที่): a district's team goes to stops where villages' funds come together."""
