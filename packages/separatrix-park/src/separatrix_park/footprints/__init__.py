"""Footprints that go to and come from partners: who they are, what is asked, told, sent and received."""
