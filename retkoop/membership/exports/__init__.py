"""The papers of the adhésion: what the cooperative proves with, what the AD owes."""
