"""The pages of who may act for me, and for whom I may act."""
