"""The back office of a shop as a person uses it, in words of no shop: so one test serves every kind of shop."""
