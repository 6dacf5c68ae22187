"""The components of the pages: notices, states, versions and progress, as tags of templates."""
