"""Messages that people are to get (การแจ้งผู้กู้): written once, delivered by an adapter, with proof."""
